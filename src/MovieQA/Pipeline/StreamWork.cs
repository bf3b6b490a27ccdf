using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>One stream that a run completes, and which of its chunks are stored already.</summary>
internal sealed class StreamWork(StreamIdentity identity, TokenShape shape)
{
    public StreamIdentity Identity { get; } = identity;

    public StreamKey Key { get; } = identity.ToKey();

    public TokenShape Shape { get; } = shape;

    /// <summary>Stored before the pass; not changed while it runs.</summary>
    public HashSet<int> Stored { get; } = [];

    /// <summary>Chunks the pass wrote.</summary>
    public int Made { get; set; }

    public bool Lacks(int chunk) => !Stored.Contains(chunk);
}
