namespace TorchSharp;

public static partial class torch
{
    /// <summary>One place of an indexer: a position, a range, <c>...</c>, a new axis, or a tensor of positions.</summary>
    public readonly struct TensorIndex
    {
        internal enum Kind
        {
            Single,
            Slice,
            Ellipsis,
            Null,
            Tensor,
        }

        private TensorIndex(Kind kind, long? start, long? stop, long step, Tensor? positions)
        {
            What = kind;
            Start = start;
            Stop = stop;
            Step = step;
            Positions = positions;
        }

        internal Kind What { get; }

        internal long? Start { get; }

        internal long? Stop { get; }

        internal long Step { get; }

        internal Tensor? Positions { get; }

        public static TensorIndex Ellipsis { get; } = new(Kind.Ellipsis, null, null, 1, null);

        public static TensorIndex None { get; } = new(Kind.Null, null, null, 1, null);

        public static TensorIndex Null { get; } = None;

        public static TensorIndex Colon { get; } = new(Kind.Slice, null, null, 1, null);

        public static TensorIndex Single(long? index) => new(Kind.Single, index, null, 1, null);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start, stop, step ?? 1, null);

        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, null, null, 1, tensor);

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value);
    }

    public partial class Tensor
    {
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[long i1]
        {
            get => this[[TensorIndex.Single(i1)]];
            set => this[[TensorIndex.Single(i1)]] = value;
        }

        public Tensor index(params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var (view, positions) = Resolve(indices);
            var result = positions is null ? view : indexTensor.Call(view, Dispatch.Argument.OptionalTensors(positions));
            return ReferenceEquals(result, this) ? alias().MoveToOuterDisposeScope() : result.MoveToOuterDisposeScope();
        }

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            using var scope = NewDisposeScope();
            var (view, positions) = Resolve(indices);
            if (positions is null)
            {
                view.copy_(value);
            }
            else
            {
                indexPut.CallInPlace(view, view, Dispatch.Argument.OptionalTensors(positions), value, false);
            }

            return this;
        }

        /// <summary>Walks the indices: views for positions and ranges, a list of position tensors for the rest.</summary>
        private (Tensor View, Tensor?[]? Positions) Resolve(TensorIndex[] indices)
        {
            var view = this;
            var positions = new List<Tensor?>();
            var used = indices.Count(i => i.What is not (TensorIndex.Kind.Ellipsis or TensorIndex.Kind.Null));
            long axis = 0;
            var any = false;
            foreach (var item in indices)
            {
                switch (item.What)
                {
                    case TensorIndex.Kind.Single:
                        view = view.select(axis, item.Start ?? 0);
                        break;
                    case TensorIndex.Kind.Slice:
                        if (item.Start is not null || item.Stop is not null || item.Step != 1)
                        {
                            view = view.slice(axis, item.Start ?? 0, item.Stop ?? long.MaxValue, item.Step);
                        }

                        positions.Add(null);
                        axis++;
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        for (var skipped = ndim - used; skipped > 0; skipped--)
                        {
                            positions.Add(null);
                            axis++;
                        }

                        break;
                    case TensorIndex.Kind.Null:
                        view = view.unsqueeze(axis);
                        positions.Add(null);
                        axis++;
                        break;
                    default:
                        positions.Add(item.Positions);
                        any = true;
                        axis++;
                        break;
                }
            }

            return (view, any ? [.. positions] : null);
        }
    }
}
