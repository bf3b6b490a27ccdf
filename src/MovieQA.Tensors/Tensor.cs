using System.Runtime.InteropServices;
using TorchSharp.Dispatch;
using static TorchSharp.Dispatch.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A libtorch tensor. Owned by whoever made it, or by the innermost <see cref="DisposeScope"/> of the thread that made it; a finalizer frees what both forgot.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long totalCount;
        private static long peakCount;
        private nint handle;
        private long[]? sizes;
        private ScalarType kind;
        private Device? place;

        private protected Tensor(nint handle)
        {
            this.handle = handle;
            var total = Interlocked.Increment(ref totalCount);
            if (total > Volatile.Read(ref peakCount))
            {
                Volatile.Write(ref peakCount, total);
            }

            OwningDisposeScope = DisposeScope.Innermost;
            OwningDisposeScope?.Include(this);
        }

        ~Tensor() => Free();

        /// <summary>Tensors alive now, in the whole process.</summary>
        public static long TotalCount => Volatile.Read(ref totalCount);

        /// <summary>The most tensors that were alive at once.</summary>
        public static long PeakCount => Volatile.Read(ref peakCount);

        public nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(Tensor), "The tensor was disposed, perhaps by its dispose scope.");

        public bool IsInvalid => handle == 0;

        internal DisposeScope? OwningDisposeScope { get; set; }

        public long[] shape => (long[])Sizes.Clone();

        public long ndim => Sizes.Length;

        public ScalarType dtype
        {
            get
            {
                _ = Sizes;
                return kind;
            }
        }

        public Device device
        {
            get
            {
                _ = Sizes;
                return place!;
            }
        }

        public DeviceType device_type => device.type;

        public int device_index => device.index;

        public long NumberOfElements
        {
            get
            {
                long product = 1;
                foreach (var size in Sizes)
                {
                    product *= size;
                }

                return product;
            }
        }

        public long ElementSize => SizeOf(dtype);

        public bool requires_grad
        {
            get => mq_tensor_requires_grad(Handle) != 0;
            set => Check(mq_tensor_set_requires_grad(Handle, value ? 1 : 0));
        }

        public bool is_leaf => mq_tensor_is_leaf(Handle) != 0;

        /// <summary>The gradient that <see cref="backward"/> accumulated; null before. (TorchSharp has a method until 0.102 and a property after, so code that compiles against either cannot ask: internal.)</summary>
        internal Tensor? grad
        {
            get
            {
                Check(mq_tensor_grad(Handle, out var gradient));
                return gradient == 0 ? null : Own(gradient);
            }

            set => Check(mq_tensor_set_grad(Handle, value?.Handle ?? 0));
        }

        /// <summary>The elements' memory, for a contiguous tensor on the CPU. Valid while the tensor lives.</summary>
        /// <exception cref="InvalidOperationException">The tensor is on a device, is not contiguous, or exceeds 2 GiB.</exception>
        public unsafe Span<byte> bytes
        {
            get => new((void*)DataPointer(), checked((int)(NumberOfElements * ElementSize)));
            set => value.CopyTo(bytes);
        }

        private long[] Sizes => sizes ?? Describe();

        internal static Tensor Own(nint handle) => new(handle);

        public long dim() => Sizes.Length;

        public long numel() => NumberOfElements;

        public long size(int dim) => Sizes[dim < 0 ? dim + Sizes.Length : dim];

        public unsafe long[] stride()
        {
            var strides = new long[Sizes.Length];
            fixed (long* target = strides)
            {
                Check(mq_tensor_describe(Handle, null, target, strides.Length, out _, out _, out _, out _));
            }

            return strides;
        }

        public bool is_contiguous() => mq_tensor_is_contiguous(Handle) != 0;

        /// <summary>Typed view of the elements of a contiguous CPU tensor.</summary>
        public Utils.TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        /// <summary>The one element of a tensor that has one.</summary>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
            {
                throw new InvalidOperationException($"item needs a tensor of one element, this one has the shape {this}");
            }

            using var scope = NewDisposeScope();
            return cpu().data<T>()[0];
        }

        public float ToSingle() => (float)ToDouble();

        public double ToDouble()
        {
            using var scope = NewDisposeScope();
            return to_type(ScalarType.Float64).item<double>();
        }

        public long ToInt64()
        {
            using var scope = NewDisposeScope();
            return to_type(ScalarType.Int64).item<long>();
        }

        public int ToInt32() => checked((int)ToInt64());

        public bool ToBoolean() => ToInt64() != 0;

        public void backward() => Check(mq_tensor_backward(Handle, 0, 0));

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public void Dispose()
        {
            OwningDisposeScope?.Forget(this);
            OwningDisposeScope = null;
            Free();
            GC.SuppressFinalize(this);
        }

        public override string ToString() => handle == 0 ? "(disposed)" : $"{dtype} [{string.Join(", ", Sizes)}] on {device}";

        internal nint DataPointer()
        {
            if (device.type != DeviceType.CPU)
            {
                throw new InvalidOperationException($"the elements of a tensor on {device} cannot be read in place; call cpu() first");
            }

            if (!is_contiguous())
            {
                throw new InvalidOperationException($"the elements of a tensor that is not contiguous ({this}) cannot be read in place; call contiguous() first");
            }

            Check(mq_tensor_data(Handle, out var data));
            return data;
        }

        private unsafe long[] Describe()
        {
            const int Few = 8;
            var buffer = stackalloc long[Few];
            Check(mq_tensor_describe(Handle, buffer, null, Few, out var dims, out var type, out var deviceType, out var index));
            var described = new long[dims];
            if (dims <= Few)
            {
                new ReadOnlySpan<long>(buffer, dims).CopyTo(described);
            }
            else
            {
                fixed (long* target = described)
                {
                    Check(mq_tensor_describe(Handle, target, null, dims, out _, out _, out _, out _));
                }
            }

            kind = (ScalarType)type;
            place = deviceType == 0 ? CPU : new Device((DeviceType)deviceType, index);
            return sizes = described;
        }

        private void Free()
        {
            var freed = Interlocked.Exchange(ref handle, 0);
            if (freed != 0)
            {
                Interlocked.Decrement(ref totalCount);
                mq_tensor_release(freed);
            }
        }
    }

    /// <summary>Tensors made on this thread from here on belong to the scope, which disposes them when it ends.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>
    /// Wraps managed memory without copying: the array is pinned until the last tensor that views it is gone. Same meaning as TorchSharp's.
    /// </summary>
    /// <param name="rawArray">The buffer; elements of another kind than <paramref name="dtype"/> are read as bytes.</param>
    /// <param name="count">Elements to take; -1 for all after <paramref name="offset"/>.</param>
    /// <param name="offset">Bytes to pass over.</param>
    public static unsafe Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        ArgumentNullException.ThrowIfNull(rawArray);
        var available = Buffer.ByteLength(rawArray) - offset;
        var wanted = count < 0 ? available / SizeOf(dtype) : count;
        if (offset < 0 || wanted * SizeOf(dtype) > available)
        {
            throw new ArgumentException($"{wanted} elements of {dtype} from byte {offset} on do not fit a buffer of {Buffer.ByteLength(rawArray)} bytes", nameof(rawArray));
        }

        var pin = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        var result = FromMemory(pin.AddrOfPinnedObject() + (nint)offset, [wanted], dtype, GCHandle.ToIntPtr(pin));
        result.requires_grad = requires_grad;
        return result;
    }

    /// <summary>Wraps memory that a pinning handle keeps alive; the handle is freed with the last view.</summary>
    internal static unsafe Tensor FromMemory(nint data, ReadOnlySpan<long> shape, ScalarType dtype, nint pin)
    {
        fixed (long* dimensions = shape)
        {
            Check(mq_tensor_from_blob(data, dimensions, shape.Length, (int)dtype, pin == 0 ? null : &FreePin, pin, out var handle));
            return Tensor.Own(handle);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void FreePin(nint pin) => GCHandle.FromIntPtr(pin).Free();
}
