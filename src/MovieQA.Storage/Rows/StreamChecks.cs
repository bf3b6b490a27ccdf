using MovieQA.Tokens;

namespace MovieQA.Storage.Rows;

/// <summary>What every store refuses alike.</summary>
internal static class StreamChecks
{
    /// <summary>Chunks a stream can have: 2^20 × 128 frames, four years of film at one frame per second.</summary>
    public const int MaxChunks = 1 << 20;

    public static void Validate(TokenChunk chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        chunk.Validate();
        if (chunk.Index is < 0 or >= MaxChunks)
        {
            throw new ArgumentException($"chunk index {chunk.Index}, expected 0 to {MaxChunks - 1}");
        }
    }

    public static InvalidOperationException OtherChunk(StreamKey key, int index, ContentHash stored, ContentHash given) => new(
        $"stream {key.Hash.Short}, chunk {index}: the store holds checksum {stored.Short}, asked to write {given.Short}. "
        + "The same key must give the same bytes; delete the stream (index with --force) if the model or the decoder changed unnoticed.");

    public static InvalidOperationException AlreadyComplete(StreamKey key, int index) => new(
        $"stream {key.Hash.Short}: chunk {index} cannot be added to a complete stream. Delete the stream first (index with --force).");

    /// <exception cref="InvalidOperationException">The chunks are not the manifest's.</exception>
    public static void ValidateManifest(StreamManifest manifest, IReadOnlyList<StoredChunk> chunks)
    {
        var name = manifest.Key.Hash.Short;
        if (manifest.Identity.ToKey() != manifest.Key)
        {
            throw new InvalidOperationException($"stream {name}: the manifest's identity gives key {manifest.Identity.ToKey().Hash.Short}");
        }

        if (chunks.Count != manifest.ChunkCount)
        {
            throw new InvalidOperationException(
                $"stream {name}: {manifest.FrameCount} frames need {manifest.ChunkCount} chunks, the store holds {chunks.Count}");
        }

        for (var i = 0; i < chunks.Count; i++)
        {
            var frames = Math.Min(TokenChunk.FramesPerChunk, manifest.FrameCount - (i * TokenChunk.FramesPerChunk));
            if (chunks[i].Index != i || chunks[i].FrameCount != frames)
            {
                throw new InvalidOperationException(
                    $"stream {name}: expected chunk {i} of {frames} frames, the store holds chunk {chunks[i].Index} of {chunks[i].FrameCount}");
            }
        }

        var content = StreamManifest.ContentOf(chunks.Select(c => c.Checksum));
        if (content != manifest.Content)
        {
            throw new InvalidOperationException($"stream {name}: the chunks give content {content.Short}, the manifest says {manifest.Content.Short}");
        }
    }
}
