using MovieQA.Films;

namespace MovieQA.Tokens;

/// <summary>
/// Keeps token streams and the catalog of films. Implemented over SQLite and over LiteDB; every implementation passes the same contract
/// tests. Safe for several threads and for several processes on one machine. Every call that returns has reached the disk.
/// </summary>
/// <remarks>Calls block on local disk; pipelines make them from their own storing stage.</remarks>
public interface ITokenStore : IDisposable
{
    /// <summary>Engine, version and file, for people.</summary>
    string Description { get; }

    /// <summary>
    /// Takes the right to write one stream, held until disposed and let go when the process dies. Waits while another process holds it, so
    /// that two processes indexing one film make one stream and the second finds it done.
    /// </summary>
    Task<IDisposable> LockStreamAsync(StreamKey key, CancellationToken cancellationToken);

    /// <summary>Null until the stream is complete.</summary>
    StreamManifest? FindManifest(StreamKey key);

    /// <summary>All complete streams, by film then key.</summary>
    IReadOnlyList<StreamManifest> ListManifests();

    /// <summary>Index and recorded checksum of every chunk that is committed, complete stream or not, by index.</summary>
    IReadOnlyList<StoredChunk> ListChunks(StreamKey key);

    /// <summary>Commits one chunk durably. Writing a chunk that is there already with the same checksum does nothing.</summary>
    /// <exception cref="InvalidOperationException">Another chunk with another checksum stands in its place.</exception>
    /// <exception cref="StoreUnavailableException">The disk is full, the folder read-only, the file locked; nothing was lost.</exception>
    void WriteChunk(StreamKey key, TokenChunk chunk);

    /// <exception cref="CorruptChunkException">The chunk is missing or its bytes do not match its checksum.</exception>
    TokenChunk ReadChunk(StreamKey key, int index);

    /// <summary>Removes one chunk, so that the next index run makes it again. The manifest goes first.</summary>
    void DeleteChunk(StreamKey key, int index);

    /// <summary>Writes the manifest, last: from here on readers see the stream.</summary>
    /// <exception cref="InvalidOperationException">Chunks are missing, or their checksums do not give <see cref="StreamManifest.Content"/>.</exception>
    void Complete(StreamManifest manifest);

    /// <summary>Removes a stream: manifest first, then chunks.</summary>
    void DeleteStream(StreamKey key);

    /// <summary>Streams that have chunks but no manifest, by key: a run that was cut off, or is running.</summary>
    IReadOnlyList<IncompleteStream> ListIncompleteStreams();

    /// <summary>Adds or replaces the row of this path.</summary>
    void SaveFilm(Film film);

    Film? FindFilm(string path);

    IReadOnlyList<Film> ListFilms();

    void DeleteFilm(string path);

    StoreStatistics Measure();

    /// <summary>What the engine itself finds wrong with its file, a line each; empty when it is sound. Reads the whole file.</summary>
    IReadOnlyList<string> CheckStructure();

    /// <summary>Gives the space of deleted streams back to the file system.</summary>
    void Compact();
}

public readonly record struct StoredChunk(int Index, ContentHash Checksum, int FrameCount);

/// <param name="LastWrittenUtc">When its newest chunk was committed.</param>
public sealed record IncompleteStream(StreamKey Key, int Chunks, DateTime LastWrittenUtc);

/// <param name="FileBytes">Bytes on disk, journals included.</param>
/// <param name="PayloadBytes">Bytes of token payload in complete streams.</param>
public sealed record StoreStatistics(int Films, int CompleteStreams, int IncompleteStreams, long Chunks, long PayloadBytes, long FileBytes);

/// <summary>A chunk that must be made again.</summary>
public sealed class CorruptChunkException(StreamKey key, int index, string reason)
    : Exception($"stream {key.Hash.Short}, chunk {index}: {reason}. Run 'movieqa store verify --repair', then index the film again.")
{
    public StreamKey Key { get; } = key;

    public int Index { get; } = index;

    public string Reason { get; } = reason;
}

/// <summary>The store cannot take or give anything now; what was committed stands.</summary>
public sealed class StoreUnavailableException(string path, string reason, string nextStep, Exception? innerException = null)
    : Exception($"{path}: {reason}. {nextStep}", innerException);
