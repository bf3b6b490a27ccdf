using LiteDB;
using MovieQA.Films;
using MovieQA.Storage.Locks;
using MovieQA.Storage.Rows;
using MovieQA.Tokens;

namespace MovieQA.Storage.LiteDb;

/// <summary>
/// Token streams and the catalog of films in one LiteDB file. Collections: <c>streams</c> (number, key, manifest), <c>chunks</c> (what is needed to
/// list and check them), <c>payloads</c> (the bytes, in parts below LiteDB's 16 MB per document), <c>films</c>. A chunk's id is <c>stream × 2^20 + index</c>.
/// </summary>
public sealed class LiteDbTokenStore : ITokenStore
{
    private const int SchemaVersion = 1;
    private const int IndexBits = 20;
    private const int PartBits = 6;
    private const int PartBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan DefaultLockTimeout = TimeSpan.FromSeconds(30);
    private static readonly string[] Collections = ["chunks", "films", "payloads", "streams"];

    private readonly string path;
    private readonly TimeProvider time;
    private readonly LiteDbFile file;
    private readonly StreamLocks locks;

    private LiteDbTokenStore(string path, LiteDbFile file, TimeProvider time)
    {
        this.path = path;
        this.file = file;
        this.time = time;
        locks = new StreamLocks(path + "-locks", path, time);
    }

    public string Description => $"LiteDB {typeof(LiteDatabase).Assembly.GetName().Version?.ToString(3)}, schema {SchemaVersion}, {path}";

    /// <summary>Opens the store, making it and its folder where there is none.</summary>
    /// <param name="lockTimeout">How long to wait for another process's operation; null is 30 s.</param>
    /// <exception cref="StoreUnavailableException">The file cannot be opened, is no store, or a newer version wrote it.</exception>
    public static LiteDbTokenStore Open(string path, TimeProvider time, TimeSpan? lockTimeout = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(time);
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
        {
            throw new StoreUnavailableException(path, "this is a folder", "Choose a file with --store.");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                path, $"the folder cannot be made ({refused.Message.TrimEnd('.')})", "Choose another place with --store.", refused);
        }

        var file = new LiteDbFile(path, lockTimeout ?? DefaultLockTimeout);
        if (!File.Exists(path) || !file.Read(database => IsStore(database, path)))
        {
            file.Prepare(database =>
            {
                // Two processes may make the store at once: whoever comes second finds it made.
                if (!IsStore(database, path))
                {
                    Streams(database).EnsureIndex("key", "$.key", unique: true);
                    database.UserVersion = SchemaVersion;
                }
            });
        }

        return new LiteDbTokenStore(path, file, time);
    }

    public Task<IDisposable> LockStreamAsync(StreamKey key, CancellationToken cancellationToken) => locks.TakeAsync(key, cancellationToken);

    public StreamManifest? FindManifest(StreamKey key) =>
        file.Read(database => FindStream(database, key) is { } stream ? ReadManifest(stream) : null) is { } manifest && manifest.Key == key ? manifest : null;

    public IReadOnlyList<StreamManifest> ListManifests() => file.Read(database => Streams(database).FindAll().Select(ReadManifest).OfType<StreamManifest>().ToList())
        .OrderBy(m => m.Identity.Film.Hex, StringComparer.Ordinal)
        .ThenBy(m => m.Key.Hex, StringComparer.Ordinal)
        .ToList();

    public IReadOnlyList<StoredChunk> ListChunks(StreamKey key) =>
        file.Read(database => FindStream(database, key) is { } stream ? ReadChunkList(database, stream["_id"].AsInt64) : []);

    public void WriteChunk(StreamKey key, TokenChunk chunk)
    {
        StreamChecks.Validate(chunk);
        var header = TokenChunkFormat.Header(chunk);
        var checksum = chunk.ComputeChecksum();
        var quick = QuickChecksum.Of(header, chunk.Payload.Span);
        file.Write(chunk.Payload.Length, database =>
        {
            var stream = FindStream(database, key) ?? AddStream(database, key);
            var id = ChunkId(stream["_id"].AsInt64, chunk.Index);
            if (Chunks(database).FindById(id) is { } stored)
            {
                var storedChecksum = ToHash(stored["checksum"].AsBinary);
                return storedChecksum == checksum ? null : StreamChecks.OtherChunk(key, chunk.Index, storedChecksum, checksum);
            }

            if (!stream["manifest"].IsNull)
            {
                return StreamChecks.AlreadyComplete(key, chunk.Index);
            }

            Chunks(database).Insert(new BsonDocument
            {
                ["_id"] = id,
                ["frames"] = chunk.FrameCount,
                ["checksum"] = Convert.FromHexString(checksum.Hex),
                ["quick"] = quick,
                ["written"] = time.GetUtcNow().UtcTicks,
                ["header"] = header,
                ["bytes"] = chunk.Payload.Length,
            });
            for (var (part, at) = (0, 0); at < chunk.Payload.Length; part++, at += PartBytes)
            {
                var bytes = chunk.Payload.Slice(at, Math.Min(PartBytes, chunk.Payload.Length - at)).ToArray();
                Payloads(database).Upsert(new BsonDocument { ["_id"] = PartId(id, part), ["bytes"] = bytes });
            }

            return null;
        });
    }

    public TokenChunk ReadChunk(StreamKey key, int index)
    {
        try
        {
            var (header, quick, payload, missing) = file.Read(database => ReadStoredChunk(database, key, index));
            if (missing is not null)
            {
                throw new CorruptChunkException(key, index, missing);
            }

            if (!QuickChecksum.Of(header, payload).AsSpan().SequenceEqual(quick))
            {
                throw new CorruptChunkException(key, index, "the bytes do not match their checksum");
            }

            var chunk = TokenChunkFormat.Read(header, payload);
            return chunk.Index == index ? chunk : throw new CorruptChunkException(key, index, $"the chunk says it is number {chunk.Index}");
        }
        catch (StoreUnavailableException damaged) when (LiteDbErrors.IsDamage(damaged))
        {
            throw new CorruptChunkException(key, index, "the store's file is damaged here");
        }
        catch (InvalidDataException wrong)
        {
            throw new CorruptChunkException(key, index, wrong.Message);
        }
    }

    public void DeleteChunk(StreamKey key, int index) => file.Write(0, database =>
    {
        if (FindStream(database, key) is { } stream)
        {
            DropManifest(database, stream);
            Delete(database, ChunkId(stream["_id"].AsInt64, index), ChunkId(stream["_id"].AsInt64, index));
        }

        return null;
    });

    public void Complete(StreamManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var text = CheckedText.Of(manifest);
        file.Write(text.Json.Length, database =>
        {
            var stream = FindStream(database, manifest.Key) ?? AddStream(database, manifest.Key);
            try
            {
                StreamChecks.ValidateManifest(manifest, ReadChunkList(database, stream["_id"].AsInt64));
            }
            catch (InvalidOperationException refused)
            {
                return refused;
            }

            stream["manifest"] = text.Json;
            stream["checksum"] = text.Checksum;
            Streams(database).Update(stream);
            return null;
        });
    }

    public void DeleteStream(StreamKey key)
    {
        // Two commits: from the first on no reader finds the stream, whatever becomes of the second.
        file.Write(0, database =>
        {
            if (FindStream(database, key) is { } stream)
            {
                DropManifest(database, stream);
            }

            return null;
        });
        file.Write(0, database =>
        {
            if (FindStream(database, key) is { } stream)
            {
                var number = stream["_id"].AsInt64;
                Delete(database, ChunkId(number, 0), ChunkId(number, StreamChecks.MaxChunks - 1));
                Streams(database).Delete(number);
            }

            return null;
        });
    }

    public IReadOnlyList<IncompleteStream> ListIncompleteStreams() => file.Read(database =>
    {
        var result = new List<IncompleteStream>();
        foreach (var stream in Streams(database).FindAll().Where(s => ReadManifest(s) is null).ToList())
        {
            var written = Chunks(database).Find(OfStream(stream["_id"].AsInt64)).Select(c => c["written"].AsInt64).ToList();
            if (written.Count > 0)
            {
                result.Add(new IncompleteStream(new StreamKey(ContentHash.Parse(stream["key"].AsString)), written.Count, new DateTime(written.Max(), DateTimeKind.Utc)));
            }
        }

        return result.OrderBy(s => s.Key.Hex, StringComparer.Ordinal).ToList();
    });

    public void SaveFilm(Film film)
    {
        ArgumentNullException.ThrowIfNull(film);
        var text = CheckedText.Of(film);
        file.Write(text.Json.Length, database =>
        {
            Films(database).Upsert(new BsonDocument { ["_id"] = FilmId(film.Path), ["path"] = film.Path, ["film"] = text.Json, ["checksum"] = text.Checksum });
            return null;
        });
    }

    public Film? FindFilm(string path) => file.Read(database => Films(database).FindById(FilmId(path)) is { } row ? ReadFilm(row) : null) is { } film && film.Path == path
        ? film
        : null;

    public IReadOnlyList<Film> ListFilms() => file.Read(database => Films(database).FindAll().Select(ReadFilm).OfType<Film>().ToList())
        .OrderBy(f => f.Path, StringComparer.Ordinal)
        .ToList();

    public void DeleteFilm(string path) => file.Write(0, database =>
    {
        Films(database).Delete(FilmId(path));
        return null;
    });

    public StoreStatistics Measure()
    {
        var manifests = ListManifests();
        var (films, chunks) = file.Read(database => (Films(database).Count(), Chunks(database).LongCount()));
        return new StoreStatistics(films, manifests.Count, ListIncompleteStreams().Count, chunks, manifests.Sum(m => m.Bytes), file.Bytes);
    }

    public IReadOnlyList<string> CheckStructure()
    {
        try
        {
            return file.Read(CheckRows);
        }
        catch (StoreUnavailableException damaged) when (LiteDbErrors.IsDamage(damaged))
        {
            return [damaged.Message];
        }
    }

    public void Compact() => file.Rebuild();

    public void Dispose() => file.Dispose();

    /// <summary>False for a file with nothing in it yet, or whose making was cut off.</summary>
    private static bool IsStore(LiteDatabase database, string path) => database.UserVersion switch
    {
        SchemaVersion => true,
        0 when database.GetCollectionNames().All(name => name == "streams") && Streams(database).Count() == 0 => false,
        0 => throw new StoreUnavailableException(
            path, "the file is a LiteDB database but no MovieQA store", "Nothing was changed; choose another file with --store."),
        var version => throw new StoreUnavailableException(
            path, $"the store has schema version {version}, this MovieQA knows {SchemaVersion}",
            "Nothing was changed; use the MovieQA that wrote it, or choose another file with --store."),
    };

    private static ILiteCollection<BsonDocument> Streams(LiteDatabase database) => database.GetCollection("streams", BsonAutoId.Int64);

    private static ILiteCollection<BsonDocument> Chunks(LiteDatabase database) => database.GetCollection("chunks", BsonAutoId.Int64);

    private static ILiteCollection<BsonDocument> Payloads(LiteDatabase database) => database.GetCollection("payloads", BsonAutoId.Int64);

    private static ILiteCollection<BsonDocument> Films(LiteDatabase database) => database.GetCollection("films");

    private static long ChunkId(long stream, int index) => (stream << IndexBits) + index;

    private static long PartId(long chunk, int part) => (chunk << PartBits) + part;

    /// <summary>A path can be longer than what LiteDB takes as an index key.</summary>
    private static string FilmId(string path) => ContentHash.Of(path).Hex;

    private static BsonExpression OfStream(long stream) => Query.Between("_id", ChunkId(stream, 0), ChunkId(stream, StreamChecks.MaxChunks - 1));

    private static ContentHash ToHash(byte[] bytes) => ContentHash.Parse(Convert.ToHexStringLower(bytes));

    private static StreamManifest? ReadManifest(BsonDocument stream) =>
        !stream["manifest"].IsNull && ReadText(stream, "manifest").TryRead<StreamManifest>(out var manifest) ? manifest : null;

    private static Film? ReadFilm(BsonDocument row) => ReadText(row, "film").TryRead<Film>(out var film) ? film : null;

    private static CheckedText ReadText(BsonDocument row, string field) => new(row[field].AsString ?? "", row["checksum"].AsString ?? "");

    private static BsonDocument? FindStream(LiteDatabase database, StreamKey key) => Streams(database).FindOne(Query.EQ("key", key.Hex));

    private static BsonDocument AddStream(LiteDatabase database, StreamKey key)
    {
        var stream = new BsonDocument { ["key"] = key.Hex };
        stream["_id"] = Streams(database).Insert(stream);
        return stream;
    }

    private static void DropManifest(LiteDatabase database, BsonDocument stream)
    {
        stream.Remove("manifest");
        stream.Remove("checksum");
        Streams(database).Update(stream);
    }

    private static void Delete(LiteDatabase database, long firstChunk, long lastChunk)
    {
        Chunks(database).DeleteMany(Query.Between("_id", firstChunk, lastChunk));
        Payloads(database).DeleteMany(Query.Between("_id", PartId(firstChunk, 0), PartId(lastChunk, (1 << PartBits) - 1)));
    }

    private static List<StoredChunk> ReadChunkList(LiteDatabase database, long stream) => Chunks(database)
        .Find(OfStream(stream))
        .Select(row => new StoredChunk((int)(row["_id"].AsInt64 - ChunkId(stream, 0)), ToHash(row["checksum"].AsBinary), row["frames"].AsInt32))
        .OrderBy(chunk => chunk.Index)
        .ToList();

    private static (byte[] Header, byte[] Quick, byte[] Payload, string? Missing) ReadStoredChunk(LiteDatabase database, StreamKey key, int index)
    {
        if (FindStream(database, key) is not { } stream)
        {
            return ([], [], [], "the store has no such stream");
        }

        var id = ChunkId(stream["_id"].AsInt64, index);
        if (Chunks(database).FindById(id) is not { } row)
        {
            return ([], [], [], "the chunk is missing");
        }

        using var payload = new MemoryStream(row["bytes"].AsInt32);
        for (var part = 0; payload.Length < row["bytes"].AsInt32; part++)
        {
            if (Payloads(database).FindById(PartId(id, part)) is not { } bytes || bytes["bytes"].AsBinary is not { Length: > 0 } read)
            {
                return ([], [], [], "the chunk is missing");
            }

            payload.Write(read);
        }

        return (row["header"].AsBinary, row["quick"].AsBinary, payload.ToArray(), null);
    }

    /// <summary>LiteDB has no check of its own: every document is read, and every row compared with what it belongs to.</summary>
    private static List<string> CheckRows(LiteDatabase database)
    {
        var found = new List<string>();
        foreach (var name in database.GetCollectionNames().Order(StringComparer.Ordinal))
        {
            if (!Collections.Contains(name, StringComparer.Ordinal))
            {
                found.Add($"the collection {name} is none of a store's");
                continue;
            }

            var documents = database.GetCollection(name).FindAll().Count();
            var indexed = database.GetCollection(name).Count();
            if (documents != indexed)
            {
                found.Add($"the collection {name} lists {indexed} documents and holds {documents}");
            }
        }

        var streams = new HashSet<long>();
        foreach (var stream in Streams(database).FindAll())
        {
            streams.Add(stream["_id"].AsInt64);
            if (!stream["manifest"].IsNull && ReadManifest(stream)?.Key.Hex != stream["key"].AsString)
            {
                found.Add($"the manifest of stream {stream["key"].AsString} does not match its checksum");
            }
        }

        found.AddRange(Films(database).FindAll()
            .Where(row => ReadFilm(row)?.Path != row["path"].AsString)
            .Select(row => $"the catalog's row of {row["path"].AsString} does not match its checksum"));
        var chunks = Chunks(database).FindAll().Select(row => row["_id"].AsInt64).ToHashSet();
        found.AddRange(chunks.Where(id => !streams.Contains(id >> IndexBits)).Select(Orphan));
        found.AddRange(Payloads(database).Query().Select("$._id").ToEnumerable()
            .Select(row => row["_id"].AsInt64 >> PartBits)
            .Where(id => !chunks.Contains(id))
            .Select(Orphan));
        return found;

        static string Orphan(long id) => $"row {id & (StreamChecks.MaxChunks - 1)} of stream number {id >> IndexBits} belongs to nothing";
    }
}
