using LiteDB;
using MovieQA.Tokens;

namespace MovieQA.Storage.LiteDb;

/// <summary>What LiteDB's exceptions mean for a person. On a damaged file LiteDB throws whatever its parsers meet, so what is not known is damage.</summary>
internal static class LiteDbErrors
{
    // The operating system's number on Unix, the Win32 code on Windows.
    private const int NoSpaceUnix = 28;
    private const int ReadOnlyUnix = 30;
    private const int NoSpaceWindows = unchecked((int)0x80070070);

    public static StoreUnavailableException Unavailable(string path, Exception failed)
    {
        var (reason, nextStep) = failed switch
        {
            IOException { HResult: NoSpaceUnix or NoSpaceWindows } => DiskFull,
            UnauthorizedAccessException or IOException { HResult: ReadOnlyUnix } => ReadOnly,
            IOException => ("the store cannot be opened", "Check that it is a file in a folder one may read and write, or choose another place with --store."),
            LiteException { ErrorCode: LiteException.INVALID_DATABASE or LiteException.INVALID_PASSWORD } =>
                ("the file is no MovieQA store", "Nothing was changed; choose another file with --store."),
            _ => ("the store's file is damaged", "Run 'movieqa store copy' to save what can be read into a new store, then use that one."),
        };
        return new StoreUnavailableException(path, $"{reason} (LiteDB: {failed.Message.TrimEnd('.')})", nextStep, failed);
    }

    public static (string Reason, string NextStep) DiskFull { get; } =
        ("the disk is full", "What was stored stands; free some space and run again, it goes on where it stopped.");

    public static (string Reason, string NextStep) ReadOnly { get; } =
        ("the store cannot be written: file or folder is read-only", "Change its permissions, or choose another place with --store.");

    public static bool IsDamage(StoreUnavailableException failed) =>
        failed.InnerException is { } inner and not (IOException or UnauthorizedAccessException);
}
