using System.Globalization;
using Microsoft.Data.Sqlite;
using MovieQA.Tokens;

namespace MovieQA.Storage.Sqlite;

/// <summary>
/// Opens the file with the settings that were measured, and knows the tables. A chunk's id is <c>stream × 2^20 + index</c>: no second index to
/// keep, chunks of a stream side by side, and the megabyte of payload in a table of its own so that listing chunks never reads it.
/// </summary>
/// <remarks>
/// Rollback journal, not WAL: pages past the old end of the file need no journal, so a chunk's payload is written once (WAL writes it
/// twice), there is no shared-memory file, and a store in a read-only folder can be read. Pages of 32 KiB: between 16 and 64 KiB writing gets
/// slower and reading faster as pages grow (benchmarks/perf has the figures).
/// </remarks>
internal static class SqliteSchema
{
    public const int Version = 1;

    /// <summary>"MVQA", in the file's header, by which a store is told from any other SQLite file.</summary>
    private const int ApplicationId = 0x4D565141;

    private const int PageBytes = 32 * 1024;

    private const string Tables =
        """
        CREATE TABLE streams (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, manifest TEXT, manifest_checksum TEXT);
        CREATE TABLE chunks (id INTEGER PRIMARY KEY, frames INTEGER NOT NULL, checksum BLOB NOT NULL, quick BLOB NOT NULL,
                             written INTEGER NOT NULL, header BLOB NOT NULL);
        CREATE TABLE payloads (id INTEGER PRIMARY KEY, payload BLOB NOT NULL);
        CREATE TABLE films (path TEXT PRIMARY KEY, film TEXT NOT NULL, checksum TEXT NOT NULL) WITHOUT ROWID;
        """;

    /// <exception cref="StoreUnavailableException">The file cannot be opened, is no store, or is a newer version's.</exception>
    public static SqliteConnection Open(string path, TimeSpan lockTimeout)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                path, $"the folder cannot be made ({refused.Message.TrimEnd('.')})", "Choose another place with --store.", refused);
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(lockTimeout.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            var milliseconds = (long)lockTimeout.TotalMilliseconds;
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {milliseconds}"));
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA page_size = {PageBytes}"));
            connection.Run("PRAGMA journal_mode = PERSIST; PRAGMA journal_size_limit = 1048576; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192");
            if (!IsStore(connection, path))
            {
                Create(connection, path);
            }

            return connection;
        }
        catch (SqliteException failed)
        {
            connection.Dispose();
            throw SqliteErrors.Unavailable(path, failed);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Create(SqliteConnection connection, string path)
    {
        // Two processes may make the store at once: whoever gets the write lock second finds it made.
        connection.InWriteTransaction(() =>
        {
            if (!IsStore(connection, path))
            {
                connection.Run(Tables);
                connection.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}"));
            }
        });
    }

    /// <summary>False for a file with nothing in it yet.</summary>
    private static bool IsStore(SqliteConnection connection, string path)
    {
        var application = connection.Scalar<long>("PRAGMA application_id");
        if (application != ApplicationId)
        {
            return connection.Scalar<long>("SELECT count(*) FROM sqlite_schema") == 0 && application == 0
                ? false
                : throw new StoreUnavailableException(
                    path, "the file is a SQLite database but no MovieQA store", "Nothing was changed; choose another file with --store.");
        }

        var version = connection.Scalar<long>("PRAGMA user_version");
        return version == Version
            ? true
            : throw new StoreUnavailableException(
                path, $"the store has schema version {version}, this MovieQA knows {Version}",
                "Nothing was changed; use the MovieQA that wrote it, or choose another file with --store.");
    }
}
