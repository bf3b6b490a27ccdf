namespace TorchSharp;

/// <summary>TorchSharp's conversions of values to tensors.</summary>
public static class TensorExtensionMethods
{
    public static torch.Tensor ToTensor(this float[] values) => torch.tensor(values);

    public static torch.Tensor ToTensor(this long[] values) => torch.tensor(values);
}
