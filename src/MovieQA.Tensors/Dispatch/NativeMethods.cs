using System.Runtime.InteropServices;

namespace TorchSharp.Dispatch;

/// <summary>The C interface of <c>native/movieqa_torch.cpp</c>. Non-zero results mean failure, with the text in <see cref="mq_last_error"/>.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "movieqa_torch";

    [LibraryImport(Library)]
    internal static partial byte* mq_last_error();

    [LibraryImport(Library)]
    internal static partial byte* mq_version();

    [LibraryImport(Library)]
    internal static partial byte* mq_parallel_info();

    [LibraryImport(Library)]
    internal static partial byte* mq_build_config();

    [LibraryImport(Library)]
    internal static partial void mq_set_num_threads(int threads);

    [LibraryImport(Library)]
    internal static partial int mq_get_num_threads();

    [LibraryImport(Library)]
    internal static partial int mq_has_cuda();

    [LibraryImport(Library)]
    internal static partial int mq_cuda_device_count();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mq_find_operator(string name, string overload, out nint operation, out int arguments, out int results);

    [LibraryImport(Library)]
    internal static partial int mq_call(nint operation, NativeValue* arguments, int count, NativeValue* results, int capacity);

    [LibraryImport(Library)]
    internal static partial void mq_free_handles(nint* handles);

    [LibraryImport(Library)]
    internal static partial void mq_tensor_release(nint handle);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_describe(nint handle, long* sizes, long* strides, int capacity, out int dims, out int dtype, out int device, out int index);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_data(nint handle, out nint data);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_is_contiguous(nint handle);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_from_blob(
        nint data, long* sizes, int dims, int dtype, delegate* unmanaged[Cdecl]<nint, void> deleter, nint context, out nint handle);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_requires_grad(nint handle);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_set_requires_grad(nint handle, int value);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_is_leaf(nint handle);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_grad(nint handle, out nint grad);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_set_grad(nint handle, nint grad);

    [LibraryImport(Library)]
    internal static partial int mq_tensor_backward(nint handle, nint gradient, int keepGraph);

    [LibraryImport(Library)]
    internal static partial int mq_grad_mode();

    [LibraryImport(Library)]
    internal static partial void mq_set_grad_mode(int enabled);

    [LibraryImport(Library)]
    internal static partial nint mq_inference_mode_enter(int enabled);

    [LibraryImport(Library)]
    internal static partial void mq_inference_mode_leave(nint guard);

    [LibraryImport(Library)]
    internal static partial int mq_inference_mode_enabled();

    [LibraryImport(Library)]
    internal static partial int mq_manual_seed(ulong seed);

    [LibraryImport(Library)]
    internal static partial int mq_generator_new(int device, int index, ulong seed, out nint generator);

    [LibraryImport(Library)]
    internal static partial void mq_generator_release(nint generator);

    [LibraryImport(Library)]
    internal static partial void mq_generator_seed(nint generator, ulong seed);

    [LibraryImport(Library)]
    internal static partial double mq_measure_call(nint operation, NativeValue* arguments, int count, int repetitions);

    [LibraryImport(Library)]
    internal static partial double mq_measure_unboxed_add(nint left, nint right, int repetitions);

    internal static string LastError() => Marshal.PtrToStringUTF8((nint)mq_last_error()) ?? "libtorch gave no reason";

    /// <summary>Throws what libtorch said. TorchSharp throws the same type, so callers catch one.</summary>
    internal static void Check(int failed)
    {
        if (failed != 0)
        {
            throw new ExternalException(LastError());
        }
    }
}

internal enum NativeTag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    IntList = 5,
    TensorList = 6,
    String = 7,
    Device = 8,
    Default = 9,
    Generator = 10,
    OptionalTensorList = 11,
    DoubleList = 12,
}

/// <summary>One argument or result, laid out as the native side's <c>Value</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public NativeTag Tag;
    public int Count;
    public long Bits;
}
