using Microsoft.Data.Sqlite;
using MovieQA.Films;
using MovieQA.Storage.Locks;
using MovieQA.Storage.Rows;
using MovieQA.Tokens;

namespace MovieQA.Storage.Sqlite;

/// <summary>Token streams and the catalog of films in one SQLite file.</summary>
public sealed class SqliteTokenStore : ITokenStore
{
    private const int IndexBits = 20;

    private static readonly TimeSpan DefaultLockTimeout = TimeSpan.FromSeconds(30);

    private readonly string path;
    private readonly TimeProvider time;
    private readonly SqliteConnection connection;
    private readonly StreamLocks locks;
    private readonly Lock gate = new();

    private SqliteTokenStore(string path, SqliteConnection connection, TimeProvider time)
    {
        this.path = path;
        this.connection = connection;
        this.time = time;
        locks = new StreamLocks(path + "-locks", path, time);
    }

    public string Description => $"SQLite {connection.ServerVersion}, schema {SqliteSchema.Version}, {path}";

    /// <summary>Opens the store, making it and its folder where there is none.</summary>
    /// <param name="lockTimeout">How long to wait for another process's commit; null is 30 s.</param>
    /// <exception cref="StoreUnavailableException">The file cannot be opened, is no store, or a newer version wrote it.</exception>
    public static SqliteTokenStore Open(string path, TimeProvider time, TimeSpan? lockTimeout = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(time);
        path = Path.GetFullPath(path);
        return new SqliteTokenStore(path, SqliteSchema.Open(path, lockTimeout ?? DefaultLockTimeout), time);
    }

    public Task<IDisposable> LockStreamAsync(StreamKey key, CancellationToken cancellationToken) => locks.TakeAsync(key, cancellationToken);

    public StreamManifest? FindManifest(StreamKey key) => Guarded(() => connection
        .Rows(ReadManifest, "SELECT manifest, manifest_checksum FROM streams WHERE key = $key AND manifest IS NOT NULL", ("$key", key.Hex))
        .SingleOrDefault(manifest => manifest?.Key == key));

    public IReadOnlyList<StreamManifest> ListManifests() => Guarded(() => connection
        .Rows(ReadManifest, "SELECT manifest, manifest_checksum FROM streams WHERE manifest IS NOT NULL")
        .OfType<StreamManifest>()
        .OrderBy(m => m.Identity.Film.Hex, StringComparer.Ordinal)
        .ThenBy(m => m.Key.Hex, StringComparer.Ordinal)
        .ToList());

    public IReadOnlyList<StoredChunk> ListChunks(StreamKey key) =>
        Guarded(() => FindStream(key) is { } stream ? ReadChunkList(stream) : []);

    public void WriteChunk(StreamKey key, TokenChunk chunk)
    {
        StreamChecks.Validate(chunk);
        var header = TokenChunkFormat.Header(chunk);
        var checksum = chunk.ComputeChecksum();
        var quick = QuickChecksum.Of(header, chunk.Payload.Span);
        var payload = WholeArray(chunk.Payload);
        Guarded(() => connection.InWriteTransaction(() =>
        {
            var stream = FindStream(key) ?? AddStream(key);
            var id = ChunkId(stream, chunk.Index);
            if (connection.Scalar<byte[]>("SELECT checksum FROM chunks WHERE id = $id", ("$id", id)) is { } stored)
            {
                var storedChecksum = ToHash(stored);
                if (storedChecksum != checksum)
                {
                    throw StreamChecks.OtherChunk(key, chunk.Index, storedChecksum, checksum);
                }

                return;
            }

            if (connection.Scalar<long>("SELECT count(*) FROM streams WHERE id = $id AND manifest IS NOT NULL", ("$id", stream)) != 0)
            {
                throw StreamChecks.AlreadyComplete(key, chunk.Index);
            }

            connection.Run(
                "INSERT INTO chunks (id, frames, checksum, quick, written, header) VALUES ($id, $frames, $checksum, $quick, $written, $header)",
                ("$id", id), ("$frames", chunk.FrameCount), ("$checksum", Convert.FromHexString(checksum.Hex)), ("$quick", quick),
                ("$written", time.GetUtcNow().UtcTicks), ("$header", header));
            connection.Run("INSERT OR REPLACE INTO payloads (id, payload) VALUES ($id, $payload)", ("$id", id), ("$payload", payload));
        }));
    }

    public TokenChunk ReadChunk(StreamKey key, int index)
    {
        try
        {
            return Guarded(() => ReadStoredChunk(key, index));
        }
        catch (StoreUnavailableException damaged) when (damaged.InnerException is SqliteException failed && SqliteErrors.IsDamage(failed))
        {
            throw new CorruptChunkException(key, index, "the store's file is damaged here");
        }
    }

    public void DeleteChunk(StreamKey key, int index) => Guarded(() => connection.InWriteTransaction(() =>
    {
        if (FindStream(key) is { } stream)
        {
            DropManifest(stream);
            connection.Run("DELETE FROM chunks WHERE id = $id", ("$id", ChunkId(stream, index)));
            connection.Run("DELETE FROM payloads WHERE id = $id", ("$id", ChunkId(stream, index)));
        }
    }));

    public void Complete(StreamManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var text = CheckedText.Of(manifest);
        Guarded(() => connection.InWriteTransaction(() =>
        {
            var stream = FindStream(manifest.Key) ?? AddStream(manifest.Key);
            StreamChecks.ValidateManifest(manifest, ReadChunkList(stream));
            connection.Run(
                "UPDATE streams SET manifest = $json, manifest_checksum = $checksum WHERE id = $id",
                ("$json", text.Json), ("$checksum", text.Checksum), ("$id", stream));
        }));
    }

    public void DeleteStream(StreamKey key)
    {
        // Two commits: from the first on no reader finds the stream, whatever becomes of the second.
        Guarded(() => connection.InWriteTransaction(() =>
        {
            if (FindStream(key) is { } stream)
            {
                DropManifest(stream);
            }
        }));
        Guarded(() => connection.InWriteTransaction(() =>
        {
            if (FindStream(key) is { } stream)
            {
                var (first, last) = (ChunkId(stream, 0), ChunkId(stream, StreamChecks.MaxChunks - 1));
                connection.Run("DELETE FROM chunks WHERE id BETWEEN $first AND $last", ("$first", first), ("$last", last));
                connection.Run("DELETE FROM payloads WHERE id BETWEEN $first AND $last", ("$first", first), ("$last", last));
                connection.Run("DELETE FROM streams WHERE id = $id", ("$id", stream));
            }
        }));
    }

    public IReadOnlyList<IncompleteStream> ListIncompleteStreams() => Guarded(() =>
    {
        var streams = connection.Rows(
            row => (Id: row.GetInt64(0), Key: row.GetString(1), IsComplete: !row.IsDBNull(2) && ReadText(row, 2).TryRead<StreamManifest>(out _)),
            "SELECT id, key, manifest, manifest_checksum FROM streams ORDER BY key");
        var result = new List<IncompleteStream>();
        foreach (var stream in streams.Where(s => !s.IsComplete))
        {
            var (chunks, written) = connection.Rows(
                row => (row.GetInt32(0), row.GetInt64(1)),
                "SELECT count(*), coalesce(max(written), 0) FROM chunks WHERE id BETWEEN $first AND $last",
                ("$first", ChunkId(stream.Id, 0)), ("$last", ChunkId(stream.Id, StreamChecks.MaxChunks - 1))).Single();
            if (chunks > 0)
            {
                result.Add(new IncompleteStream(new StreamKey(ContentHash.Parse(stream.Key)), chunks, new DateTime(written, DateTimeKind.Utc)));
            }
        }

        return result;
    });

    public void SaveFilm(Film film)
    {
        ArgumentNullException.ThrowIfNull(film);
        var text = CheckedText.Of(film);
        Guarded(() => connection.InWriteTransaction(() => connection.Run(
            "INSERT OR REPLACE INTO films (path, film, checksum) VALUES ($path, $json, $checksum)",
            ("$path", film.Path), ("$json", text.Json), ("$checksum", text.Checksum))));
    }

    public Film? FindFilm(string path) => Guarded(() => connection
        .Rows(ReadFilm, "SELECT film, checksum FROM films WHERE path = $path", ("$path", path))
        .SingleOrDefault(film => film?.Path == path));

    public IReadOnlyList<Film> ListFilms() => Guarded(() => connection
        .Rows(ReadFilm, "SELECT film, checksum FROM films ORDER BY path")
        .OfType<Film>()
        .OrderBy(f => f.Path, StringComparer.Ordinal)
        .ToList());

    public void DeleteFilm(string path) => Guarded(() => connection.InWriteTransaction(() =>
        connection.Run("DELETE FROM films WHERE path = $path", ("$path", path))));

    public StoreStatistics Measure()
    {
        var manifests = ListManifests();
        var (films, chunks) = Guarded(() =>
            (connection.Scalar<long>("SELECT count(*) FROM films"), connection.Scalar<long>("SELECT count(*) FROM chunks")));
        return new StoreStatistics(
            (int)films, manifests.Count, ListIncompleteStreams().Count, chunks, manifests.Sum(m => m.Bytes),
            StoreFiles.BytesOf(path, path + "-journal"));
    }

    public IReadOnlyList<string> CheckStructure()
    {
        try
        {
            return Guarded(CheckRows);
        }
        catch (StoreUnavailableException damaged) when (damaged.InnerException is SqliteException failed && SqliteErrors.IsDamage(failed))
        {
            return [damaged.Message];
        }
    }

    public void Compact() => Guarded(() => connection.Run("VACUUM"));

    public void Dispose()
    {
        lock (gate)
        {
            connection.Dispose();
        }
    }

    private static long ChunkId(long stream, int index) => (stream << IndexBits) + index;

    private static StreamManifest? ReadManifest(SqliteDataReader row) => ReadText(row, 0).TryRead<StreamManifest>(out var manifest) ? manifest : null;

    private static Film? ReadFilm(SqliteDataReader row) => ReadText(row, 0).TryRead<Film>(out var film) ? film : null;

    private static CheckedText ReadText(SqliteDataReader row, int column) =>
        new(row.GetString(column), row.IsDBNull(column + 1) ? "" : row.GetString(column + 1));

    private static ContentHash ToHash(byte[] bytes) => ContentHash.Parse(Convert.ToHexStringLower(bytes));

    private static byte[] WholeArray(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is { } array
        && segment.Offset == 0 && segment.Count == array.Length
            ? array
            : memory.ToArray();

    private long? FindStream(StreamKey key) =>
        connection.Scalar<long>("SELECT id FROM streams WHERE key = $key", ("$key", key.Hex)) is var id and > 0 ? id : null;

    private long AddStream(StreamKey key)
    {
        connection.Run("INSERT INTO streams (key) VALUES ($key)", ("$key", key.Hex));
        return connection.Scalar<long>("SELECT last_insert_rowid()");
    }

    private void DropManifest(long stream) =>
        connection.Run("UPDATE streams SET manifest = NULL, manifest_checksum = NULL WHERE id = $id", ("$id", stream));

    private List<StoredChunk> ReadChunkList(long stream) => connection.Rows(
        row => new StoredChunk((int)(row.GetInt64(0) - ChunkId(stream, 0)), ToHash(row.GetFieldValue<byte[]>(1)), row.GetInt32(2)),
        "SELECT id, checksum, frames FROM chunks WHERE id BETWEEN $first AND $last ORDER BY id",
        ("$first", ChunkId(stream, 0)), ("$last", ChunkId(stream, StreamChecks.MaxChunks - 1)));

    private TokenChunk ReadStoredChunk(StreamKey key, int index)
    {
        if (FindStream(key) is not { } stream)
        {
            throw new CorruptChunkException(key, index, "the store has no such stream");
        }

        var id = ChunkId(stream, index);
        var rows = connection.Rows(
            row => (Header: row.GetFieldValue<byte[]>(0), Quick: row.GetFieldValue<byte[]>(1)),
            "SELECT header, quick FROM chunks WHERE id = $id", ("$id", id));
        if (rows.Count == 0 || connection.Scalar<long>("SELECT count(*) FROM payloads WHERE id = $id", ("$id", id)) == 0)
        {
            throw new CorruptChunkException(key, index, "the chunk is missing");
        }

        var (header, quick) = rows[0];
        byte[] payload;
        using (var blob = new SqliteBlob(connection, "payloads", "payload", id, readOnly: true))
        {
            payload = GC.AllocateUninitializedArray<byte>((int)blob.Length);
            blob.ReadExactly(payload);
        }

        if (!QuickChecksum.Of(header, payload).AsSpan().SequenceEqual(quick))
        {
            throw new CorruptChunkException(key, index, "the bytes do not match their checksum");
        }

        try
        {
            var chunk = TokenChunkFormat.Read(header, payload);
            return chunk.Index == index
                ? chunk
                : throw new CorruptChunkException(key, index, $"the chunk says it is number {chunk.Index}");
        }
        catch (InvalidDataException wrong)
        {
            throw new CorruptChunkException(key, index, wrong.Message);
        }
    }

    private List<string> CheckRows()
    {
        var found = connection.Rows(row => row.GetString(0), "PRAGMA integrity_check").Where(line => line != "ok").ToList();
        found.AddRange(connection
            .Rows(row => (Key: row.GetString(0), Text: ReadText(row, 1)), "SELECT key, manifest, manifest_checksum FROM streams WHERE manifest IS NOT NULL")
            .Where(row => !row.Text.TryRead<StreamManifest>(out var manifest) || manifest.Key.Hex != row.Key)
            .Select(row => $"the manifest of stream {row.Key} does not match its checksum"));
        found.AddRange(connection
            .Rows(row => (Path: row.GetString(0), Text: ReadText(row, 1)), "SELECT path, film, checksum FROM films")
            .Where(row => !row.Text.TryRead<Film>(out var film) || film.Path != row.Path)
            .Select(row => $"the catalog's row of {row.Path} does not match its checksum"));
        found.AddRange(connection
            .Rows(
                row => row.GetInt64(0),
                "SELECT id FROM chunks WHERE (id >> 20) NOT IN (SELECT id FROM streams) UNION SELECT id FROM payloads WHERE id NOT IN (SELECT id FROM chunks)")
            .Select(id => $"row {id & (StreamChecks.MaxChunks - 1)} of stream number {id >> IndexBits} belongs to nothing"));
        return found;
    }

    private void Guarded(Action action) => Guarded(() =>
    {
        action();
        return true;
    });

    private T Guarded<T>(Func<T> action)
    {
        lock (gate)
        {
            try
            {
                return action();
            }
            catch (SqliteException failed)
            {
                throw SqliteErrors.Unavailable(path, failed);
            }
        }
    }
}
