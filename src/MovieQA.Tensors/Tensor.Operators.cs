using TorchSharp.Dispatch;

namespace TorchSharp;

// One line per operator: the ATen name is the documentation. The fields cost nothing until an operator is first called.
public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator addTensor = new("aten::add", "Tensor");
        private static readonly Operator addScalar = new("aten::add", "Scalar");
        private static readonly Operator addTensor_ = new("aten::add_", "Tensor");
        private static readonly Operator addScalar_ = new("aten::add_", "Scalar");
        private static readonly Operator subTensor = new("aten::sub", "Tensor");
        private static readonly Operator subScalar = new("aten::sub", "Scalar");
        private static readonly Operator subTensor_ = new("aten::sub_", "Tensor");
        private static readonly Operator subScalar_ = new("aten::sub_", "Scalar");
        private static readonly Operator rsubScalar = new("aten::rsub", "Scalar");
        private static readonly Operator mulTensor = new("aten::mul", "Tensor");
        private static readonly Operator mulScalar = new("aten::mul", "Scalar");
        private static readonly Operator mulTensor_ = new("aten::mul_", "Tensor");
        private static readonly Operator mulScalar_ = new("aten::mul_", "Scalar");
        private static readonly Operator divTensor = new("aten::div", "Tensor");
        private static readonly Operator divScalar = new("aten::div", "Scalar");
        private static readonly Operator divTensor_ = new("aten::div_", "Tensor");
        private static readonly Operator divScalar_ = new("aten::div_", "Scalar");
        private static readonly Operator remainderScalar = new("aten::remainder", "Scalar");
        private static readonly Operator powScalar = new("aten::pow", "Tensor_Scalar");
        private static readonly Operator powTensor = new("aten::pow", "Tensor_Tensor");
        private static readonly Operator negate = new("aten::neg");
        private static readonly Operator absolute = new("aten::abs");
        private static readonly Operator exponential = new("aten::exp");
        private static readonly Operator logarithm = new("aten::log");
        private static readonly Operator root = new("aten::sqrt");
        private static readonly Operator reciprocalRoot = new("aten::rsqrt");
        private static readonly Operator reciprocalRoot_ = new("aten::rsqrt_");
        private static readonly Operator sine = new("aten::sin");
        private static readonly Operator cosine = new("aten::cos");
        private static readonly Operator hyperbolicTangent = new("aten::tanh");
        private static readonly Operator logistic = new("aten::sigmoid");
        private static readonly Operator floorOf = new("aten::floor");
        private static readonly Operator ceilOf = new("aten::ceil");
        private static readonly Operator roundOf = new("aten::round");
        private static readonly Operator clampBetween = new("aten::clamp");
        private static readonly Operator maximumOf = new("aten::maximum");
        private static readonly Operator minimumOf = new("aten::minimum");
        private static readonly Operator addcmulInto = new("aten::addcmul_");
        private static readonly Operator matrixProduct = new("aten::matmul");
        private static readonly Operator mmProduct = new("aten::mm");
        private static readonly Operator bmmProduct = new("aten::bmm");
        private static readonly Operator baddbmmProduct = new("aten::baddbmm");
        private static readonly Operator addmmProduct = new("aten::addmm");
        private static readonly Operator outerProduct = new("aten::outer");
        private static readonly Operator eqTensor = new("aten::eq", "Tensor");
        private static readonly Operator eqScalar = new("aten::eq", "Scalar");
        private static readonly Operator neTensor = new("aten::ne", "Tensor");
        private static readonly Operator neScalar = new("aten::ne", "Scalar");
        private static readonly Operator ltTensor = new("aten::lt", "Tensor");
        private static readonly Operator ltScalar = new("aten::lt", "Scalar");
        private static readonly Operator leTensor = new("aten::le", "Tensor");
        private static readonly Operator leScalar = new("aten::le", "Scalar");
        private static readonly Operator gtTensor = new("aten::gt", "Tensor");
        private static readonly Operator gtScalar = new("aten::gt", "Scalar");
        private static readonly Operator geTensor = new("aten::ge", "Tensor");
        private static readonly Operator geScalar = new("aten::ge", "Scalar");
        private static readonly Operator andBoth = new("aten::logical_and");
        private static readonly Operator orBoth = new("aten::logical_or");
        private static readonly Operator notOf = new("aten::logical_not");
        private static readonly Operator isNan = new("aten::isnan");
        private static readonly Operator isInfinite = new("aten::isinf");
        private static readonly Operator isFiniteNumber = new("aten::isfinite");
        private static readonly Operator anyOf = new("aten::any");
        private static readonly Operator allOf = new("aten::all");
        private static readonly Operator sumAll = new("aten::sum");
        private static readonly Operator sumDims = new("aten::sum", "dim_IntList");
        private static readonly Operator meanAll = new("aten::mean");
        private static readonly Operator meanDims = new("aten::mean", "dim");
        private static readonly Operator maxAll = new("aten::max");
        private static readonly Operator maxDim = new("aten::max", "dim");
        private static readonly Operator minAll = new("aten::min");
        private static readonly Operator minDim = new("aten::min", "dim");
        private static readonly Operator amaxDims = new("aten::amax");
        private static readonly Operator argmaxOf = new("aten::argmax");
        private static readonly Operator topkOf = new("aten::topk");
        private static readonly Operator sortOf = new("aten::sort");
        private static readonly Operator cumsumOf = new("aten::cumsum");
        private static readonly Operator varianceDims = new("aten::var", "dim");
        private static readonly Operator normScalar = new("aten::norm", "Scalar");
        private static readonly Operator softmaxInt = new("aten::softmax", "int");
        private static readonly Operator logSoftmaxInt = new("aten::log_softmax", "int");
        private static readonly Operator geluOf = new("aten::gelu");
        private static readonly Operator siluOf = new("aten::silu");
        private static readonly Operator reluOf = new("aten::relu");
        private static readonly Operator multinomialOf = new("aten::multinomial");
        private static readonly Operator normalInto = new("aten::normal_");
        private static readonly Operator uniformInto = new("aten::uniform_");
        private static readonly Operator fillInto = new("aten::fill_", "Scalar");
        private static readonly Operator zeroInto = new("aten::zero_");
        private static readonly Operator copyInto = new("aten::copy_");
        private static readonly Operator cloneOf = new("aten::clone");
        private static readonly Operator contiguousOf = new("aten::contiguous");
        private static readonly Operator detachOf = new("aten::detach");
        private static readonly Operator aliasOf = new("aten::alias");
        private static readonly Operator toDevice = new("aten::to", "device");
        private static readonly Operator toDtype = new("aten::to", "dtype");
        private static readonly Operator viewAs = new("aten::view");
        private static readonly Operator reshapeTo = new("aten::reshape");
        private static readonly Operator transposeInt = new("aten::transpose", "int");
        private static readonly Operator matrixTranspose = new("aten::t");
        private static readonly Operator permuteDims = new("aten::permute");
        private static readonly Operator expandTo = new("aten::expand");
        private static readonly Operator narrowTo = new("aten::narrow");
        private static readonly Operator sliceTensor = new("aten::slice", "Tensor");
        private static readonly Operator selectInt = new("aten::select", "int");
        private static readonly Operator indexSelect = new("aten::index_select");
        private static readonly Operator indexCopyInto = new("aten::index_copy_");
        private static readonly Operator indexTensor = new("aten::index", "Tensor");
        private static readonly Operator indexPut = new("aten::index_put_");
        private static readonly Operator gatherFrom = new("aten::gather");
        private static readonly Operator scatterTo = new("aten::scatter", "src");
        private static readonly Operator scatterInto = new("aten::scatter_", "src");
        private static readonly Operator unsqueezeAt = new("aten::unsqueeze");
        private static readonly Operator squeezeAll = new("aten::squeeze");
        private static readonly Operator squeezeDim = new("aten::squeeze", "dim");
        private static readonly Operator flattenDims = new("aten::flatten", "using_ints");
        private static readonly Operator repeatBy = new("aten::repeat");
        private static readonly Operator repeatInterleaveInt = new("aten::repeat_interleave", "self_int");
        private static readonly Operator rollBy = new("aten::roll");
        private static readonly Operator flipDims = new("aten::flip");
        private static readonly Operator splitSize = new("aten::split", "Tensor");
        private static readonly Operator splitSizes = new("aten::split_with_sizes");
        private static readonly Operator chunkInto = new("aten::chunk");
        private static readonly Operator unbindInt = new("aten::unbind", "int");
        private static readonly Operator maskedFill = new("aten::masked_fill", "Scalar");
        private static readonly Operator maskedFillInto = new("aten::masked_fill_", "Scalar");
        private static readonly Operator whereSelf = new("aten::where", "self");
        private static readonly Operator triuOf = new("aten::triu");
        private static readonly Operator trilOf = new("aten::tril");
        private static readonly Operator nonzeroOf = new("aten::nonzero");
        private static readonly Operator allcloseWith = new("aten::allclose");

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        public static Tensor operator -(Scalar left, Tensor right) => rsubScalar.Call(right, left, 1L);

        public static Tensor operator -(Tensor value) => value.neg();

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        public Tensor add(Tensor target) => addTensor.Call(this, target, 1L);

        public Tensor add(Tensor target, Scalar alpha) => addTensor.Call(this, target, alpha);

        public Tensor add(Scalar scalar) => addScalar.Call(this, scalar, 1L);

        public Tensor add_(Tensor target) => addTensor_.CallInPlace(this, this, target, 1L);

        public Tensor add_(Tensor target, Scalar alpha) => addTensor_.CallInPlace(this, this, target, alpha);

        public Tensor add_(Scalar scalar) => addScalar_.CallInPlace(this, this, scalar, 1L);

        public Tensor sub(Tensor target) => subTensor.Call(this, target, 1L);

        public Tensor sub(Scalar target) => subScalar.Call(this, target, 1L);

        public Tensor sub_(Tensor target) => subTensor_.CallInPlace(this, this, target, 1L);

        public Tensor sub_(Scalar target) => subScalar_.CallInPlace(this, this, target, 1L);

        public Tensor mul(Tensor target) => mulTensor.Call(this, target);

        public Tensor mul(Scalar target) => mulScalar.Call(this, target);

        public Tensor mul_(Tensor target) => mulTensor_.CallInPlace(this, this, target);

        public Tensor mul_(Scalar target) => mulScalar_.CallInPlace(this, this, target);

        public Tensor div(Tensor target) => divTensor.Call(this, target);

        public Tensor div(Scalar target) => divScalar.Call(this, target);

        public Tensor div_(Tensor target) => divTensor_.CallInPlace(this, this, target);

        public Tensor div_(Scalar target) => divScalar_.CallInPlace(this, this, target);

        public Tensor remainder(Scalar other) => remainderScalar.Call(this, other);

        public Tensor pow(Scalar exponent) => powScalar.Call(this, exponent);

        public Tensor pow(Tensor exponent) => powTensor.Call(this, exponent);

        public Tensor square() => pow(2);

        public Tensor neg() => negate.Call(this);

        public Tensor abs() => absolute.Call(this);

        public Tensor exp() => exponential.Call(this);

        public Tensor log() => logarithm.Call(this);

        public Tensor sqrt() => root.Call(this);

        public Tensor rsqrt() => reciprocalRoot.Call(this);

        public Tensor rsqrt_() => reciprocalRoot_.CallInPlace(this, this);

        public Tensor sin() => sine.Call(this);

        public Tensor cos() => cosine.Call(this);

        public Tensor tanh() => hyperbolicTangent.Call(this);

        public Tensor sigmoid() => logistic.Call(this);

        public Tensor floor() => floorOf.Call(this);

        public Tensor ceil() => ceilOf.Call(this);

        public Tensor round() => roundOf.Call(this);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => clampBetween.Call(this, min, max);

        public Tensor maximum(Tensor other) => maximumOf.Call(this, other);

        public Tensor minimum(Tensor other) => minimumOf.Call(this, other);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => addcmulInto.CallInPlace(this, this, tensor1, tensor2, value);

        public Tensor matmul(Tensor target) => matrixProduct.Call(this, target);

        public Tensor mm(Tensor target) => mmProduct.Call(this, target);

        public Tensor bmm(Tensor batch2) => bmmProduct.Call(this, batch2);

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => baddbmmProduct.Call(this, batch1, batch2, (double)beta, (double)alpha);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => addmmProduct.Call(this, mat1, mat2, (double)beta, (double)alpha);

        public Tensor outer(Tensor vec2) => outerProduct.Call(this, vec2);

        public Tensor eq(Tensor target) => eqTensor.Call(this, target);

        public Tensor eq(Scalar target) => eqScalar.Call(this, target);

        public Tensor ne(Tensor target) => neTensor.Call(this, target);

        public Tensor ne(Scalar target) => neScalar.Call(this, target);

        public Tensor lt(Tensor target) => ltTensor.Call(this, target);

        public Tensor lt(Scalar target) => ltScalar.Call(this, target);

        public Tensor le(Tensor target) => leTensor.Call(this, target);

        public Tensor le(Scalar target) => leScalar.Call(this, target);

        public Tensor gt(Tensor target) => gtTensor.Call(this, target);

        public Tensor gt(Scalar target) => gtScalar.Call(this, target);

        public Tensor ge(Tensor target) => geTensor.Call(this, target);

        public Tensor ge(Scalar target) => geScalar.Call(this, target);

        public Tensor logical_and(Tensor other) => andBoth.Call(this, other);

        public Tensor logical_or(Tensor other) => orBoth.Call(this, other);

        public Tensor logical_not() => notOf.Call(this);

        public Tensor isnan() => isNan.Call(this);

        public Tensor isinf() => isInfinite.Call(this);

        public Tensor isfinite() => isFiniteNumber.Call(this);

        public Tensor any() => anyOf.Call(this);

        public Tensor all() => allOf.Call(this);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            allcloseWith.CallValue(this, target, rtol, atol, equal_nan).Bits != 0;

        public Tensor sum(ScalarType? type = null) => sumAll.Call(this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sumDims.Call(this, new[] { dim }, keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sumDims.Call(this, dim, keepdim, type);

        public Tensor mean() => meanAll.Call(this, Argument.None);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => meanDims.Call(this, dimensions, keepdim, type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => varianceDims.Call(this, dimensions, unbiased, keepdim);

        public Tensor norm(float p = 2.0f) => normScalar.Call(this, (double)p);

        public Tensor max() => maxAll.Call(this);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => maxDim.CallPair(this, dim, keepdim);

        public Tensor min() => minAll.Call(this);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => minDim.CallPair(this, dim, keepdim);

        public Tensor amax(long[] dims, bool keepdim = false) => amaxDims.Call(this, dims, keepdim);

        public Tensor argmax() => argmaxOf.Call(this, Argument.None, false);

        public Tensor argmax(long dim, bool keepdim = false) => argmaxOf.Call(this, dim, keepdim);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => topkOf.CallPair(this, k, dim, largest, sorted);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => sortOf.CallPair(this, dim, descending);

        public Tensor cumsum(long dim, ScalarType? type = null) => cumsumOf.Call(this, dim, type);

        public Tensor softmax(long dim, ScalarType? dtype = null) => softmaxInt.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => logSoftmaxInt.Call(this, dim, dtype);

        public Tensor gelu() => geluOf.Call(this, "none");

        public Tensor silu() => siluOf.Call(this);

        public Tensor relu() => reluOf.Call(this);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            multinomialOf.Call(this, num_samples, replacement, Argument.Of(generator));

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) => normalInto.CallInPlace(this, this, mean, std, Argument.Of(generator));

        public Tensor uniform_(double from, double to, Generator? generator = null) => uniformInto.CallInPlace(this, this, from, to, Argument.Of(generator));

        public Tensor fill_(Scalar value) => fillInto.CallInPlace(this, this, value);

        public Tensor zero_() => zeroInto.CallInPlace(this, this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => copyInto.CallInPlace(this, this, source, nonBlocking);

        public Tensor clone() => cloneOf.Call(this, Argument.None);

        public Tensor contiguous() => contiguousOf.Call(this, 0L);

        public Tensor detach() => detachOf.Call(this);

        public Tensor alias() => aliasOf.Call(this);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null) => to(device ?? torch.CUDA);

        /// <summary>Itself when nothing has to change, as upstream: dispose the result only if it is another tensor.</summary>
        public Tensor to(Device device) => device.Equals(this.device) || (device.type == DeviceType.CPU && this.device.type == DeviceType.CPU)
            ? this
            : toDevice.Call(this, device, dtype, false, false, Argument.None);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1) => to(new Device(deviceType, deviceIndex));

        public Tensor to(ScalarType type) => to_type(type);

        public Tensor to(ScalarType type, Device device, bool copy = false) => toDevice.Call(this, device, type, false, copy, Argument.None);

        public Tensor to(Tensor other) => to(other.dtype, other.device);

        public Tensor to_type(ScalarType type, bool copy = false) => toDtype.Call(this, type, false, copy, Argument.None);

        public Tensor @float() => to_type(ScalarType.Float32);

        public Tensor @long() => to_type(ScalarType.Int64);

        public Tensor view(params long[] shape) => viewAs.Call(this, shape);

        public Tensor reshape(params long[] shape) => reshapeTo.Call(this, shape);

        public Tensor transpose(long dim0, long dim1) => transposeInt.Call(this, dim0, dim1);

        public Tensor t() => matrixTranspose.Call(this);

        public Tensor permute(params long[] permutation) => permuteDims.Call(this, permutation);

        public Tensor expand(params long[] sizes) => expandTo.Call(this, sizes, false);

        public Tensor expand(long[] sizes, bool isImplicit = false) => expandTo.Call(this, sizes, isImplicit);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor narrow(long dim, long start, long length) => narrowTo.Call(this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => sliceTensor.Call(this, dim, start, finish, step);

        public Tensor select(long dim, long index) => selectInt.Call(this, dim, index);

        public Tensor index_select(long dim, Tensor index) => indexSelect.Call(this, dim, index);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => indexCopyInto.CallInPlace(this, this, dim, index, source);

        public Tensor gather(long dim, Tensor index) => gatherFrom.Call(this, dim, index, false);

        public Tensor scatter(long dim, Tensor index, Tensor src) => scatterTo.Call(this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => scatterInto.CallInPlace(this, this, dim, index, src);

        public Tensor unsqueeze(long dim) => unsqueezeAt.Call(this, dim);

        public Tensor squeeze(long? dim = null) => dim is { } d ? squeezeDim.Call(this, d) : squeezeAll.Call(this);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => flattenDims.Call(this, start_dim, end_dim);

        public Tensor repeat(params long[] sizes) => repeatBy.Call(this, sizes);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            repeatInterleaveInt.Call(this, repeats, Argument.OptionalInteger(dim), Argument.OptionalInteger(output_size));

        public Tensor roll(long shifts, long? dims = null) => rollBy.Call(this, new[] { shifts }, dims is { } d ? new[] { d } : []);

        public Tensor flip(params long[] dims) => flipDims.Call(this, dims);

        public Tensor[] split(long size, int dim = 0) => splitSize.CallList(this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => splitSizes.CallList(this, sizes, dim);

        public Tensor[] chunk(long chunks, long dim = 0) => chunkInto.CallList(this, chunks, dim);

        public Tensor[] unbind(long dimension = 0) => unbindInt.CallList(this, dimension);

        public Tensor masked_fill(Tensor mask, Scalar value) => maskedFill.Call(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => maskedFillInto.CallInPlace(this, this, mask, value);

        /// <summary>This tensor where <paramref name="condition"/> holds, <paramref name="y"/> elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y) => whereSelf.Call(condition, this, y);

        public Tensor triu(long diagonal = 0) => triuOf.Call(this, diagonal);

        public Tensor tril(long diagonal = 0) => trilOf.Call(this, diagonal);

        public Tensor nonzero() => nonzeroOf.Call(this);
    }
}
