namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module owns and an optimizer changes. Takes over the memory of the tensor it is made from.</summary>
    public sealed class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : base(Taken(data))
        {
            DetachFromDisposeScope();
            this.requires_grad = requires_grad;
        }

        private static nint Taken(torch.Tensor data)
        {
            ArgumentNullException.ThrowIfNull(data);
            return data.TakeHandle();
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }

        public partial class Tensor
        {
            /// <summary>Gives the native tensor away; this object is as if disposed.</summary>
            internal nint TakeHandle()
            {
                OwningDisposeScope?.Forget(this);
                OwningDisposeScope = null;
                var taken = Interlocked.Exchange(ref handle, 0);
                ObjectDisposedException.ThrowIf(taken == 0, this);

                Interlocked.Decrement(ref totalCount);
                GC.SuppressFinalize(this);
                return taken;
            }

            /// <summary>Exchanges the native tensor for another's, which gives its own away.</summary>
            internal void Become(Tensor other)
            {
                if (ReferenceEquals(other, this))
                {
                    return;
                }

                var gradients = requires_grad;
                var before = Interlocked.Exchange(ref handle, other.TakeHandle());
                Dispatch.NativeMethods.mq_tensor_release(before);
                sizes = null;
                requires_grad = gradients;
            }
        }
    }
}
