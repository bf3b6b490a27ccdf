using NUnit.Framework.Interfaces;

namespace MovieQA.Tests;

/// <summary>The test leaves as many live tensors as it found.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NoTensorLeaksAttribute : NUnitAttribute, ITestAction
{
    private long before;

    public ActionTargets Targets => ActionTargets.Test;

    public void BeforeTest(ITest test) => before = TorchSharp.torch.Tensor.TotalCount;

    public void AfterTest(ITest test)
    {
        var leaked = TorchSharp.torch.Tensor.TotalCount - before;
        if (leaked > 0 && TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Passed)
        {
            Assert.Fail($"{leaked} tensors stayed alive after {test.Name}");
        }
    }
}
