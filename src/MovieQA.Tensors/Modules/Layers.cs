using System.Collections;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
            : base(nameof(Linear))
        {
            // PyTorch's initialisation: uniform within 1/sqrt(inputs).
            var bound = 1 / Math.Sqrt(inputSize);
            weight = new Parameter(empty([outputSize, inputSize], dtype, device).uniform_(-bound, bound));
            bias = hasBias ? new Parameter(empty([outputSize], dtype, device).uniform_(-bound, bound)) : null;
            register_parameter("weight", weight);
            if (bias is not null)
            {
                register_parameter("bias", bias);
            }
        }

        public Parameter weight { get; }

        public Parameter? bias { get; }

        public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);
    }

    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        private readonly long[] normalizedShape;
        private readonly double epsilon;

        internal LayerNorm(long[] normalizedShape, double eps, bool elementwiseAffine, Device? device, ScalarType? dtype)
            : base(nameof(LayerNorm))
        {
            this.normalizedShape = normalizedShape;
            epsilon = eps;
            if (elementwiseAffine)
            {
                weight = new Parameter(ones(normalizedShape, dtype, device));
                bias = new Parameter(zeros(normalizedShape, dtype, device));
                register_parameter("weight", weight);
                register_parameter("bias", bias);
            }
        }

        public Parameter? weight { get; }

        public Parameter? bias { get; }

        public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, normalizedShape, weight, bias, epsilon);
    }

    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        internal Embedding(long count, long width, Device? device, ScalarType? dtype)
            : base(nameof(Embedding))
        {
            weight = new Parameter(randn([count, width], dtype, device));
            register_parameter("weight", weight);
        }

        public Parameter weight { get; }

        public override Tensor forward(Tensor input) => nn.functional.embedding(input, weight);
    }

    public sealed class Conv2d : nn.Module<Tensor, Tensor>
    {
        private readonly long stride;
        private readonly long padding;

        internal Conv2d(long inChannels, long outChannels, long kernelSize, long stride, long padding, bool bias, Device? device, ScalarType? dtype)
            : base(nameof(Conv2d))
        {
            this.stride = stride;
            this.padding = padding;
            var bound = 1 / Math.Sqrt(inChannels * kernelSize * kernelSize);
            weight = new Parameter(empty([outChannels, inChannels, kernelSize, kernelSize], dtype, device).uniform_(-bound, bound));
            this.bias = bias ? new Parameter(empty([outChannels], dtype, device).uniform_(-bound, bound)) : null;
            register_parameter("weight", weight);
            if (this.bias is not null)
            {
                register_parameter("bias", this.bias);
            }
        }

        public Parameter weight { get; }

        public Parameter? bias { get; }

        public override Tensor forward(Tensor input) => nn.functional.conv2d(input, weight, bias, [stride, stride], [padding, padding]);
    }

    public sealed class GELU : nn.Module<Tensor, Tensor>
    {
        internal GELU()
            : base(nameof(GELU))
        {
        }

        public override Tensor forward(Tensor input) => input.gelu();
    }

    public sealed class Sequential : nn.Module<Tensor, Tensor>
    {
        private readonly List<nn.Module<Tensor, Tensor>> steps = [];

        internal Sequential(IEnumerable<(string Name, nn.Module<Tensor, Tensor> Module)> modules)
            : base(nameof(Sequential))
        {
            foreach (var (name, module) in modules)
            {
                register_module(name, module);
                steps.Add(module);
            }
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var current = input;
            foreach (var step in steps)
            {
                current = step.forward(current);
            }

            return ReferenceEquals(current, input) ? input.alias().MoveToOuterDisposeScope() : current.MoveToOuterDisposeScope();
        }
    }

    /// <summary>Modules in a row, registered as <c>0</c>, <c>1</c>, …</summary>
    public sealed class ModuleList<T> : nn.Module, IReadOnlyList<T>
        where T : nn.Module
    {
        private readonly List<T> items = [];

        public ModuleList(params T[] modules)
            : base("ModuleList")
        {
            foreach (var module in modules)
            {
                Add(module);
            }
        }

        public int Count => items.Count;

        public T this[int index] => items[index];

        public void Add(T module)
        {
            register_module(items.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), module);
            items.Add(module);
        }

        public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);

            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, Device? device = null, ScalarType? dtype = null) =>
                new(normalized_shape, eps, elementwise_affine, device, dtype);

            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, Device? device = null, ScalarType? dtype = null) =>
                new([normalized_shape], eps, elementwise_affine, device, dtype);

            public static Embedding Embedding(long num_embeddings, long embedding_dims, Device? device = null, ScalarType? dtype = null) =>
                new(num_embeddings, embedding_dims, device, dtype);

            public static Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride, padding, bias, device, dtype);

            public static GELU GELU() => new();

            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) =>
                new(modules.Select((m, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), m)));

            public static ModuleList<T> ModuleList<T>(params T[] modules)
                where T : Module => new(modules);
        }
    }
}
