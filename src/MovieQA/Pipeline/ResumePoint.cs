using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>Where a pass starts: what the streams it completes hold already, every stored chunk read and checked.</summary>
internal sealed class ResumePoint
{
    private readonly Dictionary<int, IReadOnlyList<TimeSpan>> timestampsByChunk = [];

    private ResumePoint()
    {
    }

    /// <summary>
    /// The place of the first selected frame to decode: one before the first missing chunk, so that a film whose frames are all stored still
    /// yields one and its end is seen.
    /// </summary>
    public int FirstIndex { get; private set; }

    /// <summary>Times of the frames before <see cref="FirstIndex"/>.</summary>
    public IReadOnlyList<TimeSpan> TimestampsBefore { get; private set; } = [];

    /// <summary>Reads all stored chunks of the streams. A chunk that is corrupt is deleted: the pass makes it again.</summary>
    public static ResumePoint Read(ITokenStore store, IReadOnlyList<StreamWork> works, CancellationToken cancellationToken)
    {
        var point = new ResumePoint();
        foreach (var work in works)
        {
            foreach (var stored in store.ListChunks(work.Key))
            {
                cancellationToken.ThrowIfCancellationRequested();
                point.ReadChunk(store, work, stored.Index);
            }
        }

        var before = new List<TimeSpan>();
        for (var chunk = 0; works.All(w => w.Stored.Contains(chunk)); chunk++)
        {
            before.AddRange(point.timestampsByChunk[chunk]);
        }

        point.FirstIndex = Math.Max(0, before.Count - 1);
        point.TimestampsBefore = before.Take(point.FirstIndex).ToList();
        return point;
    }

    /// <summary>The stored time of a frame; null when its chunk is not stored.</summary>
    public TimeSpan? StoredTimestamp(int frame) =>
        timestampsByChunk.TryGetValue(frame / TokenChunk.FramesPerChunk, out var timestamps) && frame % TokenChunk.FramesPerChunk < timestamps.Count
            ? timestamps[frame % TokenChunk.FramesPerChunk]
            : null;

    private void ReadChunk(ITokenStore store, StreamWork work, int index)
    {
        try
        {
            timestampsByChunk[index] = store.ReadChunk(work.Key, index).Timestamps;
            work.Stored.Add(index);
        }
        catch (CorruptChunkException)
        {
            store.DeleteChunk(work.Key, index);
        }
    }
}
