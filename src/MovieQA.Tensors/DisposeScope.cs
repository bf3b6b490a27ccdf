namespace TorchSharp;

/// <summary>
/// Owns the tensors made on its thread while it is the innermost scope, and disposes them when it ends but for those moved out. A scope must end on the
/// thread and in the order it began: never <c>await</c> or <c>yield</c> inside one.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? innermost;

    private readonly HashSet<IDisposable> disposables = new(ReferenceEqualityComparer.Instance);
    private readonly int thread = Environment.CurrentManagedThreadId;
    private bool ended;

    internal DisposeScope()
    {
        OuterScope = innermost;
        innermost = this;
    }

    internal static DisposeScope? Innermost => innermost;

    internal DisposeScope? OuterScope { get; }

    /// <summary>How many disposables the scope holds now.</summary>
    public int DisposablesCount => disposables.Count;

    internal T Include<T>(T disposable)
        where T : IDisposable
    {
        disposables.Add(disposable);
        return disposable;
    }

    public bool Contains(IDisposable disposable) => disposables.Contains(disposable);

    /// <summary>Hands a disposable to the enclosing scope; without one nobody disposes it any more but its owner.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        if (disposables.Remove(disposable))
        {
            OuterScope?.Include(disposable);
            if (disposable is torch.Tensor tensor)
            {
                tensor.OwningDisposeScope = OuterScope;
            }
        }

        return disposable;
    }

    public void MoveToOuter(params IDisposable[] moved)
    {
        foreach (var disposable in moved)
        {
            MoveToOuter(disposable);
        }
    }

    /// <summary>Takes a disposable out of every scope.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        if (disposables.Remove(disposable) && disposable is torch.Tensor tensor)
        {
            tensor.OwningDisposeScope = null;
        }

        return disposable;
    }

    public void Dispose()
    {
        if (ended)
        {
            return;
        }

        if (innermost != this)
        {
            throw new InvalidOperationException(
                thread == Environment.CurrentManagedThreadId
                    ? "A dispose scope ended before a scope opened inside it."
                    : "A dispose scope ended on another thread than it began: there was an await or a yield inside it.");
        }

        ended = true;
        innermost = OuterScope;
        foreach (var disposable in disposables)
        {
            if (disposable is torch.Tensor tensor)
            {
                tensor.OwningDisposeScope = null;
            }

            disposable.Dispose();
        }

        disposables.Clear();
    }

    internal void Forget(IDisposable disposable) => disposables.Remove(disposable);
}
