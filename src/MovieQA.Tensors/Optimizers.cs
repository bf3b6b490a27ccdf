namespace TorchSharp;

public static partial class torch
{
    public static class optim
    {
        public static Sgd SGD(IEnumerable<Modules.Parameter> parameters, double learningRate) => new(parameters, learningRate);

        public static AdamWeightDecay AdamW(
            IEnumerable<Modules.Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 1e-2) =>
            new(parameters, lr, beta1, beta2, eps, weight_decay);

        public abstract class Optimizer(IEnumerable<Modules.Parameter> parameters) : IDisposable
        {
            protected IReadOnlyList<Modules.Parameter> Parameters { get; } = [.. parameters];

            public virtual void zero_grad()
            {
                foreach (var parameter in Parameters)
                {
                    parameter.grad = null;
                }
            }

            /// <summary>One update from the gradients that stand.</summary>
            public void step()
            {
                using var undisturbed = no_grad();
                using var scope = NewDisposeScope();
                Update();
            }

            public virtual void Dispose() => GC.SuppressFinalize(this);

            protected abstract void Update();
        }

        public sealed class Sgd(IEnumerable<Modules.Parameter> parameters, double learningRate) : Optimizer(parameters)
        {
            protected override void Update()
            {
                foreach (var parameter in Parameters)
                {
                    if (parameter.grad is { } gradient)
                    {
                        parameter.add_(gradient, -learningRate);
                    }
                }
            }
        }

        /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019), as <c>torch.optim.AdamW</c>.</summary>
        public sealed class AdamWeightDecay : Optimizer
        {
            private readonly double rate;
            private readonly double beta1;
            private readonly double beta2;
            private readonly double epsilon;
            private readonly double decay;
            private readonly Tensor[] first;
            private readonly Tensor[] second;
            private int steps;

            internal AdamWeightDecay(IEnumerable<Modules.Parameter> parameters, double lr, double beta1, double beta2, double eps, double weight_decay)
                : base(parameters)
            {
                (rate, this.beta1, this.beta2, epsilon, decay) = (lr, beta1, beta2, eps, weight_decay);
                first = [.. Parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
                second = [.. Parameters.Select(p => zeros_like(p).DetachFromDisposeScope())];
            }

            public override void Dispose()
            {
                foreach (var moment in first.Concat(second))
                {
                    moment.Dispose();
                }

                base.Dispose();
            }

            protected override void Update()
            {
                steps++;
                var correction1 = 1 - Math.Pow(beta1, steps);
                var correction2 = 1 - Math.Pow(beta2, steps);
                for (var i = 0; i < Parameters.Count; i++)
                {
                    if (Parameters[i].grad is not { } gradient)
                    {
                        continue;
                    }

                    Parameters[i].mul_(1 - (rate * decay));
                    first[i].mul_(beta1).add_(gradient, 1 - beta1);
                    second[i].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
                    var scale = second[i].div(correction2).sqrt().add_(epsilon);
                    Parameters[i].add_(first[i].div(scale), -rate / correction1);
                }
            }
        }
    }
}
