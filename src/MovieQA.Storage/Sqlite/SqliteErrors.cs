using Microsoft.Data.Sqlite;
using MovieQA.Tokens;
using SQLitePCL;

namespace MovieQA.Storage.Sqlite;

/// <summary>What SQLite's result codes mean for a person.</summary>
internal static class SqliteErrors
{
    public static StoreUnavailableException Unavailable(string path, SqliteException failed)
    {
        var (reason, nextStep) = failed.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => ("the disk is full", "What was stored stands; free some space and run again, it goes on where it stopped."),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
                ("the store cannot be written: file or folder is read-only", "Change its permissions, or choose another place with --store."),
            raw.SQLITE_CANTOPEN =>
                ("the store cannot be opened", "Check that it is a file in a folder one may read and write, or choose another place with --store."),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
                ("another process keeps the store locked", "Wait until it is done, or end it, and run again."),
            raw.SQLITE_NOTADB => ("the file is no MovieQA store", "Nothing was changed; choose another file with --store."),
            raw.SQLITE_CORRUPT =>
                ("the store's file is damaged", "Run 'movieqa store copy' to save what can be read into a new store, then use that one."),
            raw.SQLITE_IOERR => ("the disk failed to read or write", "Check the disk; what was stored before stands."),
            _ => ("SQLite refused", "Run 'movieqa store verify'."),
        };
        return new StoreUnavailableException(path, $"{reason} (SQLite {failed.SqliteExtendedErrorCode}: {failed.Message.TrimEnd('.')})", nextStep, failed);
    }

    public static bool IsDamage(SqliteException failed) => failed.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
