namespace TorchSharp.Dispatch;

/// <summary>One value for an operator, before its lists are copied to where the native side can read them.</summary>
internal readonly struct Argument
{
    internal readonly NativeTag Tag;
    internal readonly long Bits;
    internal readonly object? Reference;

    private Argument(NativeTag tag, long bits, object? reference)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
    }

    /// <summary>An optional value that is absent.</summary>
    public static Argument None => default;

    /// <summary>The default that the operator's schema states.</summary>
    public static Argument Default => new(NativeTag.Default, 0, null);

    public static Argument Integers(ReadOnlySpan<long> values) => new(NativeTag.IntList, 0, values.ToArray());

    public static Argument Tensors(IEnumerable<torch.Tensor> values) => new(NativeTag.TensorList, 0, values as torch.Tensor[] ?? values.ToArray());

    public static Argument OptionalTensors(torch.Tensor?[] values) => new(NativeTag.OptionalTensorList, 0, values);

    public static Argument Of(torch.Generator? generator) => generator is null ? None : new(NativeTag.Generator, generator.Handle, generator);

    public static Argument OptionalInteger(long? value) => value is { } v ? new(NativeTag.Int, v, null) : None;

    public static Argument OptionalDouble(double? value) => value is { } v ? v : None;

    public static implicit operator Argument(torch.Tensor? tensor) => new(NativeTag.Tensor, tensor?.Handle ?? 0, tensor);

    public static implicit operator Argument(long value) => new(NativeTag.Int, value, null);

    public static implicit operator Argument(int value) => new(NativeTag.Int, value, null);

    public static implicit operator Argument(double value) => new(NativeTag.Double, BitConverter.DoubleToInt64Bits(value), null);

    public static implicit operator Argument(bool value) => new(NativeTag.Bool, value ? 1 : 0, null);

    public static implicit operator Argument(long[]? values) => values is null ? None : new(NativeTag.IntList, 0, values);

    public static implicit operator Argument(double[]? values) => values is null ? None : new(NativeTag.DoubleList, 0, values);

    public static implicit operator Argument(string? text) => text is null ? None : new(NativeTag.String, 0, text);

    public static implicit operator Argument(torch.ScalarType type) => new(NativeTag.Int, (long)type, null);

    public static implicit operator Argument(torch.ScalarType? type) => type is { } t ? t : None;

    public static implicit operator Argument(torch.Device? device) =>
        device is null ? None : new(NativeTag.Device, ((long)device.type << 32) | (uint)device.index, null);

    public static implicit operator Argument(Scalar scalar) => scalar.ToArgument();

    public static implicit operator Argument(Scalar? scalar) => scalar is { } s ? s.ToArgument() : None;
}
