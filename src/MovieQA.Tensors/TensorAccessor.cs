using System.Collections;

namespace TorchSharp.Utils;

/// <summary>
/// The elements of a contiguous CPU tensor as an array of <typeparamref name="T"/>. Half-width floats are read through <see cref="torch.Tensor.bytes"/>: TorchSharp's
/// versions do not agree on a type for them.
/// </summary>
public sealed class TensorAccessor<T> : IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor tensor;

    internal unsafe TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.dtype is torch.ScalarType.Float16 or torch.ScalarType.BFloat16 || torch.ScalarTypeOf<T>() != tensor.dtype)
        {
            throw new ArgumentException($"elements of {tensor.dtype} cannot be read as {typeof(T).Name}: read the tensor's bytes, or convert it first");
        }

        _ = tensor.DataPointer();
        this.tensor = tensor;
    }

    public long Count => tensor.NumberOfElements;

    private unsafe Span<T> Span => new((void*)tensor.DataPointer(), checked((int)Count));

    public T this[params long[] indices]
    {
        get => Span[checked((int)Offset(indices))];
        set => Span[checked((int)(indices.Length == Math.Max(1, tensor.ndim) ? Offset(indices) : throw new IndexOutOfRangeException($"{indices.Length} indices into {tensor}")))] = value;
    }

    public T[] ToArray() => Span.ToArray();

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => Span[checked((int)tensorIndex)..].CopyTo(array.AsSpan(arrayIndex));

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => array.AsSpan(arrayIndex).CopyTo(Span[checked((int)tensorIndex)..]);

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private long Offset(long[] indices)
    {
        if (indices.Length == 1)
        {
            return indices[0];
        }

        var shape = tensor.shape;
        long offset = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            offset = (offset * shape[i]) + indices[i];
        }

        return offset;
    }
}
