using MovieQA.Tokens;

namespace MovieQA.Answering;

/// <summary>
/// A film as a language model reads it: per frame the context tokens, then the content tokens (LLaMA-VID's order), with each frame's time.
/// </summary>
/// <param name="Shape">Tokens per frame, context and content together.</param>
/// <param name="Payload"><c>[frames, tokens, width]</c>, row-major, little-endian.</param>
public sealed record FilmTokens(TokenShape Shape, TokenDtype Dtype, IReadOnlyList<TimeSpan> Timestamps, ReadOnlyMemory<byte> Payload)
{
    public int FrameCount => Timestamps.Count;

    /// <summary>Reads a complete content stream and, frame by frame before it, a complete context stream of the same frames.</summary>
    /// <exception cref="InvalidOperationException">A stream is incomplete or the two do not belong together.</exception>
    /// <exception cref="CorruptChunkException">A chunk does not match its checksum.</exception>
    public static FilmTokens Load(ITokenStore store, StreamKey content, StreamKey context)
    {
        ArgumentNullException.ThrowIfNull(store);
        var contentManifest = Manifest(store, content);
        var contextManifest = Manifest(store, context);
        if (contentManifest.Selection != contextManifest.Selection || contentManifest.Dtype != contextManifest.Dtype
            || contentManifest.Shape.Width != contextManifest.Shape.Width)
        {
            throw new InvalidOperationException($"streams {content.Hash.Short} and {context.Hash.Short} are of different frames or models");
        }

        var frames = contentManifest.FrameCount;
        var contextBytes = contextManifest.Shape.BytesPerFrame;
        var contentBytes = contentManifest.Shape.BytesPerFrame;
        var payload = new byte[checked(frames * (contextBytes + contentBytes))];
        var timestamps = new List<TimeSpan>(frames);
        for (var index = 0; index < contentManifest.ChunkCount; index++)
        {
            var contentChunk = store.ReadChunk(content, index);
            var contextChunk = store.ReadChunk(context, index);
            for (var i = 0; i < contentChunk.FrameCount; i++)
            {
                var target = payload.AsSpan((timestamps.Count + i) * (contextBytes + contentBytes));
                contextChunk.Payload.Span.Slice(i * contextBytes, contextBytes).CopyTo(target);
                contentChunk.Payload.Span.Slice(i * contentBytes, contentBytes).CopyTo(target[contextBytes..]);
            }

            timestamps.AddRange(contentChunk.Timestamps);
        }

        var shape = new TokenShape(contextManifest.Shape.TokensPerFrame + contentManifest.Shape.TokensPerFrame, contentManifest.Shape.Width);
        return new FilmTokens(shape, contentManifest.Dtype, timestamps, payload);
    }

    private static StreamManifest Manifest(ITokenStore store, StreamKey key) =>
        store.FindManifest(key) ?? throw new InvalidOperationException($"stream {key.Hash.Short} is not complete; index the film first");
}
