using MovieQA.Tests;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MovieQA.Tensors.Tests;

[Category("Native")]
public sealed class ModuleTests
{
    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Linear q_proj = nn.Linear(3, 4);
        private readonly Linear out_proj = nn.Linear(4, 2, hasBias: false);
        private readonly Parameter scale = new(ones([1]));
        private readonly Tensor positions = arange(4, dtype: int64);

        public Block()
            : base(nameof(Block)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return (out_proj.forward(q_proj.forward(input).tanh()) * scale).MoveToOuterDisposeScope();
        }
    }

    [Test, NoTensorLeaks]
    public void StateDict_KeysAreFieldNamesWithTheirPath()
    {
        using var network = nn.Sequential(("first", new Block()), ("last", nn.Linear(2, 1)));
        Assert.That(
            network.state_dict().Keys,
            Is.EquivalentTo(new[]
            {
                "first.scale", "first.q_proj.weight", "first.q_proj.bias", "first.out_proj.weight", "first.positions", "last.weight", "last.bias",
            }));
    }

    [Test, NoTensorLeaks]
    public void LoadStateDict_Strict_NamesMissingAndUnexpectedKeysAndWrongShapes()
    {
        using var block = new Block();
        var good = block.state_dict().ToDictionary(p => p.Key, p => p.Value.clone());
        var bad = new Dictionary<string, Tensor>(good);
        bad.Remove("scale");
        bad["rotary.inv_freq"] = good["scale"];
        var error = Assert.Throws<InvalidOperationException>(() => block.load_state_dict(bad));
        Assert.That(error!.Message, Does.Contain("scale").And.Contain("rotary.inv_freq"));

        bad = new Dictionary<string, Tensor>(good) { ["scale"] = good["q_proj.bias"] };
        Assert.That(() => block.load_state_dict(bad), Throws.ArgumentException.With.Message.Contains("scale: expected [1], got [4]"));
        foreach (var value in good.Values)
        {
            value.Dispose();
        }
    }

    [Test, NoTensorLeaks]
    public void Backward_OfASmallNetwork_EqualsFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        using var block = new Block().to(ScalarType.Float64);
        var input = randn([5, 3], dtype: float64);
        var target = randn([5, 2], dtype: float64);
        double Loss()
        {
            using var inner = NewDisposeScope();
            return nn.functional.mse_loss(block.forward(input), target).ToDouble();
        }

        nn.functional.mse_loss(block.forward(input), target).backward();
        foreach (var (name, parameter) in block.named_parameters())
        {
            var gradient = parameter.grad!.contiguous().data<double>().ToArray();
            for (var i = 0; i < gradient.Length; i++)
            {
                const double Step = 1e-6;
                using var undisturbed = no_grad();
                parameter.view(-1).data<double>()[i] += Step;
                var up = Loss();
                parameter.view(-1).data<double>()[i] -= 2 * Step;
                var down = Loss();
                parameter.view(-1).data<double>()[i] += Step;
                Assert.That(gradient[i], Is.EqualTo((up - down) / (2 * Step)).Within(1e-6), $"{name}[{i}]");
            }
        }
    }

    [Test, NoTensorLeaks]
    public void AdamW_FirstStep_MovesEveryWeightByTheLearningRateAndDecays()
    {
        using var scope = NewDisposeScope();
        using var weight = new Parameter(tensor([1f, -2f]));
        using var optimizer = optim.AdamW([weight], lr: 0.1, weight_decay: 0.5);
        (weight * tensor([3f, -4f])).sum().backward();
        optimizer.step();
        // Decay first: w·(1 − 0.05); then minus the rate times the gradient's sign (bias correction makes the first step exactly that).
        Assert.That(weight.detach().data<float>().ToArray(), Is.EqualTo(new[] { 0.85f, -1.8f }).Within(1e-5f));
    }

    [Test, NoTensorLeaks]
    public void To_ChangesFloatingPointTensorsAndLeavesIntegers()
    {
        using var block = new Block().to(ScalarType.BFloat16);
        Assert.That(block.get("q_proj.weight").dtype, Is.EqualTo(ScalarType.BFloat16));
        Assert.That(block.get("positions").dtype, Is.EqualTo(ScalarType.Int64));
    }
}

file static class Lookup
{
    public static Tensor get(this nn.Module module, string key) => module.state_dict()[key];
}
