using System.Runtime.InteropServices;
using MovieQA.Frames;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests.Synthetic;

/// <summary>Tokens that follow from the pixels (and the question) alone, drawn by a hash; counts what is asked of it.</summary>
internal sealed class SyntheticEncoder(int width = 32) : IFrameEncoder
{
    private const int FrameFloats = 3 * SyntheticFilm.Side * SyntheticFilm.Side;

    public FrameEncoderIdentity Identity { get; init; } =
        new("synthetic", ContentHash.Of("content weights"), ContentHash.Of("context weights"), IsTrained: false);

    public FramePreprocessing Preprocessing { get; } = FramePreprocessing.Clip(FrameFit.CropFloor, SyntheticFilm.Side);

    public TokenShape ContentShape { get; } = new(1, width);

    public TokenShape ContextShape { get; } = new(1, width);

    public TokenDtype Dtype => TokenDtype.Float16;

    public TimeSpan DelayPerBatch { get; init; }

    /// <summary>Called with the count of frames and the questions of a batch once it is encoded.</summary>
    public Action<int, IReadOnlyList<string>>? Encoded { get; init; }

    public List<int> BatchSizes { get; } = [];

    public List<int> QuestionsPerBatch { get; } = [];

    public int FramesEncoded => BatchSizes.Sum();

    public async Task<EncodedFrames> EncodeAsync(
        ReadOnlyMemory<float> pixels, int frames, IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (pixels.Length != frames * FrameFloats)
        {
            throw new ArgumentException($"expected {frames * FrameFloats} values for {frames} frames, got {pixels.Length}");
        }

        var content = Tokens(pixels.Span, frames, "");
        var contexts = questions.Select(q => Tokens(pixels.Span, frames, q)).ToList();
        if (DelayPerBatch > TimeSpan.Zero)
        {
            await Task.Delay(DelayPerBatch, cancellationToken);
        }

        BatchSizes.Add(frames);
        QuestionsPerBatch.Add(questions.Count);
        Encoded?.Invoke(frames, questions);
        return new EncodedFrames(content, contexts);
    }

    public void Dispose()
    {
    }

    private byte[] Tokens(ReadOnlySpan<float> pixels, int frames, string question)
    {
        var bytes = new byte[frames * width * 2];
        var perFrame = width * 2;
        for (var i = 0; i < frames; i++)
        {
            var frame = MemoryMarshal.AsBytes(pixels.Slice(i * FrameFloats, FrameFloats));
            var seed = ContentHash.OfParts(("frame", ContentHash.Of(frame).Hex), ("question", question));
            new Random(Convert.ToInt32(seed.Hex[..7], 16)).NextBytes(bytes.AsSpan(i * perFrame, perFrame));
        }

        return bytes;
    }
}
