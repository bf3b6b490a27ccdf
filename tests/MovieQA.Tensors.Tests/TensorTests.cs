using System.Runtime.InteropServices;
using MovieQA.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace MovieQA.Tensors.Tests;

[Category("Native")]
public sealed class TensorTests
{
    [Test, NoTensorLeaks]
    public void Tensor_OfEveryElementKind_ReadsBackWhatWasWritten()
    {
        using var scope = NewDisposeScope();
        Assert.Multiple(() =>
        {
            Assert.That(tensor([1.5f, -2f]).data<float>().ToArray(), Is.EqualTo(new[] { 1.5f, -2f }));
            Assert.That(tensor([1L, long.MinValue]).data<long>().ToArray(), Is.EqualTo(new[] { 1L, long.MinValue }));
            Assert.That(tensor(new byte[] { 0, 255 }).data<byte>().ToArray(), Is.EqualTo(new byte[] { 0, 255 }));
            Assert.That(tensor([true, false]).data<bool>().ToArray(), Is.EqualTo(new[] { true, false }));
            Assert.That(tensor([1.0009765625f, 65504f]).to_type(float16).@float().data<float>().ToArray(), Is.EqualTo(new[] { 1.0009765625f, 65504f }));
            // 1.00390625 lies half-way between two bfloat16 values and rounds to the even one.
            Assert.That(tensor([1.00390625f, 3.1415927f]).to_type(bfloat16).@float().data<float>().ToArray(), Is.EqualTo(new[] { 1f, 3.140625f }));
        });
    }

    [Test, NoTensorLeaks]
    public void Indexers_RangesPositionsAndTensors_PickTheSameElementsAsNumpy()
    {
        using var scope = NewDisposeScope();
        var x = arange(24, dtype: int64).reshape(2, 3, 4);
        Assert.Multiple(() =>
        {
            Assert.That(() => x[1, TensorIndex.Ellipsis, 0].data<long>(), Throws.InvalidOperationException, "a strided view is not read in place");
            Assert.That(x[1, TensorIndex.Ellipsis, 0].contiguous().data<long>().ToArray(), Is.EqualTo(new long[] { 12, 16, 20 }));
            Assert.That(x[.., 1.., ^1..].contiguous().data<long>().ToArray(), Is.EqualTo(new long[] { 7, 11, 19, 23 }));
            Assert.That(x[0][TensorIndex.Tensor(tensor([2L, 0L]))].data<long>().ToArray(), Is.EqualTo(new long[] { 8, 9, 10, 11, 0, 1, 2, 3 }));
            Assert.That(x[TensorIndex.Colon, TensorIndex.Single(0)].shape, Is.EqualTo(new long[] { 2, 4 }));
            Assert.That(x[TensorIndex.None, 0].shape, Is.EqualTo(new long[] { 1, 3, 4 }));
        });
        x[0, 1] = tensor([-1L, -2L, -3L, -4L]);
        Assert.That(x[0, 1].data<long>().ToArray(), Is.EqualTo(new long[] { -1, -2, -3, -4 }));
    }

    [Test, NoTensorLeaks]
    public void FailingOperator_NamesItselfAndItsArguments()
    {
        using var scope = NewDisposeScope();
        var a = zeros(2, 3);
        var b = zeros([4, 5], dtype: bfloat16);
        var error = Assert.Throws<ExternalException>(() => a.matmul(b));
        Assert.That(error!.Message, Does.Contain("aten::matmul").And.Contain("Float[2, 3]").And.Contain("BFloat16[4, 5]"));
    }

    [Test, NoTensorLeaks]
    public void Frombuffer_SharesTheArrayAndKeepsItPinnedUntilTheLastViewIsGone()
    {
        var array = new float[] { 1, 2, 3, 4 };
        Tensor view;
        using (var whole = frombuffer(array, float32))
        {
            array[3] = 40;
            Assert.That(whole.data<float>().ToArray(), Is.EqualTo(new float[] { 1, 2, 3, 40 }), "written through the array");
            whole.mul_(2);
            Assert.That(array, Is.EqualTo(new float[] { 2, 4, 6, 80 }), "written through the tensor");
            view = whole.narrow(0, 2, 2);
        }

        using (view)
        {
            Assert.That(view.data<float>().ToArray(), Is.EqualTo(new float[] { 6, 80 }), "a view outlives the tensor it was taken from");
        }

        Assert.That(() => frombuffer(array, float32, count: 5), Throws.ArgumentException);
    }

    [Test, NoTensorLeaks]
    public void NoGrad_AndInferenceMode_StopRecordingUntilDisposed()
    {
        using var scope = NewDisposeScope();
        var w = ones([2], requires_grad: true);
        using (no_grad())
        {
            Assert.That((w * 2).requires_grad, Is.False);
        }

        using (inference_mode())
        {
            Assert.That((w * 2).requires_grad, Is.False);
            Assert.That(is_inference_mode_enabled(), Is.True);
        }

        Assert.That((w * 2).requires_grad, Is.True);
        Assert.That(is_inference_mode_enabled(), Is.False);
    }

    [Test, NoTensorLeaks]
    public void Generator_SameSeed_SameNumbersWhateverTheDefaultGeneratorDid()
    {
        using var scope = NewDisposeScope();
        using var first = new Generator(7);
        var a = randn(16, generator: first).data<float>().ToArray();
        _ = randn(100);
        using var second = new Generator(7);
        var b = randn(16, generator: second).data<float>().ToArray();
        Assert.That(b, Is.EqualTo(a));
        Assert.That(randn(16, generator: second).data<float>().ToArray(), Is.Not.EqualTo(a));
    }
}
