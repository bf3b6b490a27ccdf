using System.Runtime.InteropServices;
using TorchSharp.Dispatch;
using static TorchSharp.Dispatch.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>libtorch's version: <c>1.13.0</c>.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)mq_version()) ?? "unknown";

    /// <summary>How libtorch was built: BLAS, CPU capabilities, CUDA. Not in TorchSharp; for <c>doctor</c>.</summary>
    public static unsafe string BuildConfiguration => Marshal.PtrToStringUTF8((nint)mq_build_config()) ?? "";

    /// <summary>Thread pools and their sizes. Not in TorchSharp; for <c>doctor</c>.</summary>
    public static unsafe string ParallelInformation => Marshal.PtrToStringUTF8((nint)mq_parallel_info()) ?? "";

    public static void set_num_threads(int num) => mq_set_num_threads(num);

    public static int get_num_threads() => mq_get_num_threads();

    /// <summary>Gradients are neither recorded nor computed until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static bool is_grad_enabled() => mq_grad_mode() != 0;

    /// <summary>As <see cref="no_grad"/>, and tensors made inside can never take part in autograd. (TorchSharp 0.99 declares it obsolete and unwritten: internal.)</summary>
    internal static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    internal static bool is_inference_mode_enabled() => mq_inference_mode_enabled() != 0;

    public static Generator manual_seed(long seed)
    {
        Check(mq_manual_seed(unchecked((ulong)seed)));
        return new Generator(unchecked((ulong)seed));
    }

    /// <summary>A stream of random numbers of its own.</summary>
    public sealed class Generator : IDisposable
    {
        private nint handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            var place = device ?? CPU;
            Check(mq_generator_new((int)place.type, place.index, seed, out handle));
        }

        ~Generator() => Free();

        internal nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Generator));

        public Generator manual_seed(long seed)
        {
            mq_generator_seed(Handle, unchecked((ulong)seed));
            return this;
        }

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free() => mq_generator_release(Interlocked.Exchange(ref handle, 0));
    }

    private sealed class GradMode : IDisposable
    {
        private readonly bool before = is_grad_enabled();

        public GradMode(bool enabled) => mq_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => mq_set_grad_mode(before ? 1 : 0);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint guard = mq_inference_mode_enter(enabled ? 1 : 0);

        public void Dispose()
        {
            if (guard != 0)
            {
                mq_inference_mode_leave(guard);
                guard = 0;
            }
        }
    }

    public static class cuda
    {
        public static bool is_available() => mq_has_cuda() != 0 && mq_cuda_device_count() > 0;

        public static int device_count() => mq_cuda_device_count();
    }
}
