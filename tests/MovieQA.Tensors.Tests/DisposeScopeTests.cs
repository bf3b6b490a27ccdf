using MovieQA.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace MovieQA.Tensors.Tests;

[Category("Native")]
public sealed class DisposeScopeTests
{
    [Test, NoTensorLeaks]
    public void Scope_Ends_DisposesWhatWasMadeInsideButWhatMovedOut()
    {
        Tensor kept, lost;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                lost = ones(2);
                kept = lost.add(1).MoveToOuterDisposeScope();
            }

            Assert.That(lost.IsInvalid, Is.True);
            Assert.That(kept.IsInvalid, Is.False);
            Assert.That(outer.Contains(kept), Is.True);
        }

        Assert.That(kept.IsInvalid, Is.True);
    }

    [Test, NoTensorLeaks]
    public void MoveToOuter_WithoutOuterScope_LeavesTheTensorToItsOwner()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(3).MoveToOuterDisposeScope();
        }

        Assert.That(kept.IsInvalid, Is.False);
        kept.Dispose();
    }

    [Test, NoTensorLeaks]
    public void Detach_TakesATensorOutOfEveryScope()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                kept = ones(3).DetachFromDisposeScope();
            }
        }

        Assert.That(kept.data<float>().ToArray(), Is.EqualTo(new float[] { 1, 1, 1 }));
        kept.Dispose();
    }

    [Test]
    public async Task Scope_EndedOnAnotherThread_SaysThatItCrossedAnAwait()
    {
        var scope = NewDisposeScope();
        InvalidOperationException? error = null;
        var thread = new Thread(() => error = Assert.Throws<InvalidOperationException>(scope.Dispose));
        thread.Start();
        await Task.Run(thread.Join);
        Assert.That(error!.Message, Does.Contain("another thread"));
        Assert.That(NewDisposeScope, Throws.Nothing);
    }

    [Test, NoTensorLeaks]
    public void Scopes_AThousandBatches_LiveCountStaysFlat()
    {
        using var weight = randn(64, 64);
        var before = Tensor.TotalCount;
        for (var i = 0; i < 1000; i++)
        {
            using var scope = NewDisposeScope();
            var x = randn(8, 64);
            for (var layer = 0; layer < 4; layer++)
            {
                x = x.matmul(weight).relu();
            }
        }

        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }
}
