using MovieQA.Frames;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests.Synthetic;

/// <summary>Streams of seeded bytes, for tests of stores alone.</summary>
internal static class Streams
{
    public static StreamIdentity Identity(string film = "a film", string? question = null) => new(
        ContentHash.Of(film), "fps:1", "synthetic 1", "none", "synthetic", ContentHash.Of("weights").Hex,
        question is null ? TokenTier.Content : TokenTier.Context, question);

    public static TokenChunk Chunk(int index, int frames = TokenChunk.FramesPerChunk, int width = 32, int seed = 0)
    {
        var shape = new TokenShape(1, width);
        var payload = new byte[frames * shape.BytesPerFrame];
        new Random(unchecked((seed * 7919) + index)).NextBytes(payload);
        var timestamps = Enumerable.Range(index * TokenChunk.FramesPerChunk, frames).Select(SyntheticFilm.Timestamp).ToList();
        return new TokenChunk(index, shape, TokenDtype.Float16, timestamps, payload);
    }

    public static StreamManifest Manifest(StreamIdentity identity, IReadOnlyList<TokenChunk> chunks) => new(
        identity.ToKey(),
        identity,
        chunks[0].Shape,
        chunks[0].Dtype,
        chunks.Sum(c => c.FrameCount),
        new FrameSelection(new FramePlan.FramesPerSecond(1), chunks.SelectMany(c => c.Timestamps).ToList()).ComputeHash(),
        StreamManifest.ContentOf(chunks.Select(c => c.ComputeChecksum())),
        [new DamagedSpan(TimeSpan.FromSeconds(3), null, "truncated")],
        IsTrained: false);

    /// <summary>Writes a complete stream of so many frames.</summary>
    public static StreamManifest Write(ITokenStore store, StreamIdentity identity, int frames, int width = 32, int seed = 0)
    {
        var chunks = Cut(frames, width, seed);
        foreach (var chunk in chunks)
        {
            store.WriteChunk(identity.ToKey(), chunk);
        }

        var manifest = Manifest(identity, chunks);
        store.Complete(manifest);
        return manifest;
    }

    public static List<TokenChunk> Cut(int frames, int width = 32, int seed = 0) => Enumerable
        .Range(0, (frames + TokenChunk.FramesPerChunk - 1) / TokenChunk.FramesPerChunk)
        .Select(i => Chunk(i, Math.Min(TokenChunk.FramesPerChunk, frames - (i * TokenChunk.FramesPerChunk)), width, seed))
        .ToList();
}
