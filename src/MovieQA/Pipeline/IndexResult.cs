using MovieQA.Frames;
using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>What an index run found and did.</summary>
/// <param name="Streams">The content stream, then one per distinct question, each complete.</param>
/// <param name="ContextKeys">One per question asked, in the order asked.</param>
/// <param name="ChunksEncoded">Chunks of frames that went through the encoder; one pass makes the chunk of every stream that lacks it.</param>
/// <param name="FramesDecoded">Frames the decoder produced, kept or not.</param>
/// <param name="FramesEncoded">Distinct frames that went through the encoder.</param>
/// <param name="DamagedSpans">What of the film could not be decoded.</param>
public sealed record IndexResult(
    int FrameCount,
    IReadOnlyList<IndexedStream> Streams,
    IReadOnlyList<StreamKey> ContextKeys,
    int ChunksEncoded,
    long FramesDecoded,
    long FramesEncoded,
    IReadOnlyList<DamagedSpan> DamagedSpans,
    bool IsTrained,
    StageTimes Times)
{
    public StreamKey ContentKey => Streams[0].Manifest.Key;

    /// <summary>True when every stream was complete before: no frame was decoded.</summary>
    public bool DidNothing => Streams.All(s => s.Outcome == IndexOutcome.WasComplete);

    public int ChunksReused => Streams.Sum(s => s.ChunksReused);

    /// <summary>Frames decoded ÷ distinct frames used; null when nothing was encoded.</summary>
    public double? DecodeAmplification => FramesEncoded == 0 ? null : (double)FramesDecoded / FramesEncoded;
}

/// <param name="ChunksMade">Chunks this run wrote.</param>
/// <param name="ChunksReused">Chunks that were there.</param>
public sealed record IndexedStream(StreamManifest Manifest, IndexOutcome Outcome, int ChunksMade, int ChunksReused);

public enum IndexOutcome
{
    /// <summary>Nothing was to do.</summary>
    WasComplete,

    /// <summary>Chunks of an earlier run were there; this one made the missing ones.</summary>
    Resumed,

    Made,
}
