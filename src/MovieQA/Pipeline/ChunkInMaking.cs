using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>One chunk of frames while its batches come out of the encoder, for every stream that lacks it.</summary>
internal sealed class ChunkInMaking
{
    private readonly IReadOnlyList<StreamWork> lacking;
    private readonly byte[][] payloads;
    private readonly List<TimeSpan> timestamps = [];

    public ChunkInMaking(int chunk, IReadOnlyList<StreamWork> lacking)
    {
        Chunk = chunk;
        this.lacking = lacking;
        payloads = lacking.Select(w => new byte[TokenChunk.FramesPerChunk * w.Shape.BytesPerFrame]).ToArray();
        Questions = lacking.Select(w => w.Identity.Question).OfType<string>().ToList();
    }

    public int Chunk { get; }

    /// <summary>Of the context streams that lack this chunk.</summary>
    public IReadOnlyList<string> Questions { get; }

    public int FrameCount => timestamps.Count;

    /// <exception cref="InvalidOperationException">The encoder gave another number of bytes than its shapes say.</exception>
    public void Add(IReadOnlyList<TimeSpan> batch, EncodedFrames encoded)
    {
        if (encoded.ContextByQuestion.Count != Questions.Count)
        {
            throw new InvalidOperationException($"asked the encoder {Questions.Count} questions, got context tokens for {encoded.ContextByQuestion.Count}");
        }

        var question = 0;
        for (var i = 0; i < lacking.Count; i++)
        {
            var bytes = lacking[i].Identity.Question is null ? encoded.Content : encoded.ContextByQuestion[question++];
            var bytesPerFrame = lacking[i].Shape.BytesPerFrame;
            if (bytes.Length != batch.Count * bytesPerFrame)
            {
                throw new InvalidOperationException(
                    $"{lacking[i].Identity.Tier} tokens of {batch.Count} frames: expected {batch.Count * bytesPerFrame} bytes, the encoder gave {bytes.Length}");
            }

            bytes.CopyTo(payloads[i], timestamps.Count * bytesPerFrame);
        }

        timestamps.AddRange(batch);
    }

    public IEnumerable<(StreamWork Work, TokenChunk Chunk)> Finish(TokenDtype dtype)
    {
        for (var i = 0; i < lacking.Count; i++)
        {
            var work = lacking[i];
            yield return (work, new TokenChunk(Chunk, work.Shape, dtype, timestamps, payloads[i].AsMemory(0, timestamps.Count * work.Shape.BytesPerFrame)));
        }
    }
}
