using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How <see cref="nn.functional.interpolate"/> fills in between.</summary>
    public enum InterpolationMode
    {
        Nearest = 0,
        Bilinear = 2,
        Bicubic = 3,
    }

    public static partial class nn
    {
        /// <summary>How a loss over many elements becomes one number.</summary>
        public enum Reduction
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static partial class functional
        {
            private static readonly Operator linearOp = new("aten::linear");
            private static readonly Operator layerNormOp = new("aten::layer_norm");
            private static readonly Operator embeddingOp = new("aten::embedding");
            private static readonly Operator conv2dOp = new("aten::conv2d");
            private static readonly Operator avgPool2dOp = new("aten::avg_pool2d");
            private static readonly Operator bicubicOp = new("aten::upsample_bicubic2d");
            private static readonly Operator bilinearOp = new("aten::upsample_bilinear2d");
            private static readonly Operator dropoutOp = new("aten::dropout");
            private static readonly Operator crossEntropyOp = new("aten::cross_entropy_loss");
            private static readonly Operator meanSquaredOp = new("aten::mse_loss");

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => linearOp.Call(input, weights, bias);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                layerNormOp.Call(input, normalized_shape, weight, bias, eps, true);

            internal static Tensor embedding(Tensor x, Tensor weight) => embeddingOp.Call(weight, x);

            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                conv2dOp.Call(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups);

            public static Tensor avg_pool2d(Tensor input, long[] kernelSizes, long[]? strides = null) =>
                avgPool2dOp.Call(input, kernelSizes, strides ?? kernelSizes);

            public static Tensor avg_pool2d(Tensor input, long kernelSize, long? stride = null) =>
                avg_pool2d(input, [kernelSize, kernelSize], [stride ?? kernelSize, stride ?? kernelSize]);

            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null) => mode switch
            {
                _ when size is null || scale_factor is not null => throw new NotSupportedException("interpolation to a factor: give the size"),
                InterpolationMode.Bicubic => bicubicOp.Call(x, size, align_corners ?? false, Argument.None, Argument.None),
                InterpolationMode.Bilinear => bilinearOp.Call(x, size, align_corners ?? false, Argument.None, Argument.None),
                _ => throw new NotSupportedException($"interpolation mode {mode}"),
            };

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor silu(Tensor x) => x.silu();

            public static Tensor relu(Tensor x) => x.relu();

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true) => dropoutOp.Call(input, p, training);

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean) =>
                crossEntropyOp.Call(input, target, weight, (long)reduction, ignore_index);

            public static Tensor mse_loss(Tensor x, Tensor y, Reduction reduction = Reduction.Mean) => meanSquaredOp.Call(x, y, (long)reduction);
        }
    }
}
