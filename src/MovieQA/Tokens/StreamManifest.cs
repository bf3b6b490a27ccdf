using MovieQA.Frames;

namespace MovieQA.Tokens;

/// <summary>Written last: a stream is complete when its manifest stands, and readers see nothing of it before.</summary>
/// <param name="Selection">Hash of the frame selection (<see cref="FrameSelection.ComputeHash"/>).</param>
/// <param name="Content">Hash over the chunks' checksums in order: two stores hold the same stream when these agree.</param>
/// <param name="DamagedSpans">What of the film could not be decoded.</param>
/// <param name="IsTrained">False when the weights were random: everything shown of such a stream says "untrained".</param>
public sealed record StreamManifest(
    StreamKey Key,
    StreamIdentity Identity,
    TokenShape Shape,
    TokenDtype Dtype,
    int FrameCount,
    ContentHash Selection,
    ContentHash Content,
    IReadOnlyList<DamagedSpan> DamagedSpans,
    bool IsTrained)
{
    public int ChunkCount => (FrameCount + TokenChunk.FramesPerChunk - 1) / TokenChunk.FramesPerChunk;

    public long Bytes => (long)FrameCount * Shape.BytesPerFrame;

    /// <summary>The hash of the checksums of chunks 0, 1, … in order.</summary>
    public static ContentHash ContentOf(IEnumerable<ContentHash> chunkChecksums) =>
        ContentHash.Of(string.Join('\n', chunkChecksums.Select(c => c.Hex)));
}
