namespace MovieQA.Tokens;

/// <summary>
/// Up to <see cref="FramesPerChunk"/> consecutive frames of a stream: the unit of work, of commit and of resume. Every chunk but a stream's
/// last is full.
/// </summary>
/// <param name="Index">0-based; the chunk's first frame is <c>Index × FramesPerChunk</c>.</param>
/// <param name="Timestamps">One per frame.</param>
/// <param name="Payload">Frames × tokens × width values of <paramref name="Dtype"/>, row-major, little-endian.</param>
public sealed record TokenChunk(int Index, TokenShape Shape, TokenDtype Dtype, IReadOnlyList<TimeSpan> Timestamps, ReadOnlyMemory<byte> Payload)
{
    public const int FramesPerChunk = 128;

    public int FrameCount => Timestamps.Count;

    /// <summary>Covers index, shape, dtype, timestamps and payload.</summary>
    public ContentHash ComputeChecksum() => TokenChunkFormat.Checksum(this);

    /// <exception cref="ArgumentException">Counts and bytes disagree.</exception>
    public void Validate()
    {
        if (FrameCount is 0 or > FramesPerChunk || Payload.Length != FrameCount * Shape.BytesPerFrame)
        {
            throw new ArgumentException(
                $"chunk {Index}: expected 1..{FramesPerChunk} frames of {Shape.BytesPerFrame} bytes, got {FrameCount} frames and {Payload.Length} bytes");
        }
    }
}
