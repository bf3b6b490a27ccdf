using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>How far the stages run ahead of each other. Memory is these numbers times a frame, a batch, a chunk; the film's length is not in it.</summary>
public sealed record IndexOptions
{
    public static IndexOptions Default { get; } = new();

    /// <summary>
    /// Frames per call of the encoder, 1 to 128. A chunk's frames are always cut into the same batches. Stays out of the stream key: encoders
    /// answer for giving a frame the same tokens in any batch.
    /// </summary>
    public int BatchFrames { get; init; } = 16;

    /// <summary>Decoded frames waiting to be preprocessed; a 1080p frame is 6 MB.</summary>
    public int FramesAhead { get; init; } = 8;

    /// <summary>Batches waiting to be encoded; one of 16 frames at 224 pixels is 10 MB.</summary>
    public int BatchesAhead { get; init; } = 2;

    /// <exception cref="ArgumentOutOfRangeException">Names the option, its value and its range.</exception>
    public void Validate()
    {
        Check(nameof(BatchFrames), BatchFrames, TokenChunk.FramesPerChunk);
        Check(nameof(FramesAhead), FramesAhead, 1024);
        Check(nameof(BatchesAhead), BatchesAhead, 64);
    }

    private static void Check(string name, int value, int max)
    {
        if (value < 1 || value > max)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 1 to {max}.");
        }
    }
}
