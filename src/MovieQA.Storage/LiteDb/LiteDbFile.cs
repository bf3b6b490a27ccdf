using System.Diagnostics;
using LiteDB;
using MovieQA.Storage.Locks;
using MovieQA.Storage.Rows;
using MovieQA.Tokens;

namespace MovieQA.Storage.LiteDb;

/// <summary>
/// A LiteDB file that several threads and processes may use: one at a time has it open, for one operation, under a lock file of ours. LiteDB
/// itself excludes nobody on Linux, and two that write one file make it unreadable.
/// </summary>
/// <remarks>
/// LiteDB appends a commit to its log and never flushes that to the disk, so it is flushed here, before the commit counts. The log goes into
/// the data file ("checkpoint") once it is long, and when the store is closed: a closed store is one file.
/// </remarks>
internal sealed class LiteDbFile(string path, TimeSpan lockTimeout) : IDisposable
{
    private const int CheckpointBytes = 8 * 1024 * 1024;
    private const int SpareBytes = 512 * 1024;

    // LiteDB 5's header page: 32 bytes that every page has, then this.
    private const int SignatureOffset = 32;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private static ReadOnlySpan<byte> Signature => "** This is a LiteDB file **"u8;

    private readonly Lock gate = new();
    private readonly string logPath = Suffixed(path, "-log");
    private bool hasWritten;

    public long Bytes => StoreFiles.BytesOf(path, logPath);

    /// <exception cref="StoreUnavailableException">The file cannot be opened or read.</exception>
    public T Read<T>(Func<LiteDatabase, T> operation)
    {
        lock (gate)
        {
            using var held = TryLock();
            return Guarded(() =>
            {
                using var database = Open(readOnly: held is null);
                return operation(database);
            });
        }
    }

    /// <summary>Runs the operation as one commit that has reached the disk on return.</summary>
    /// <param name="newBytes">About how much the file grows; on a disk with less room nothing is begun.</param>
    /// <param name="operation">Null commits; an exception is thrown after everything was rolled back.</param>
    /// <exception cref="StoreUnavailableException">The file cannot be opened or written.</exception>
    public void Write(long newBytes, Func<LiteDatabase, InvalidOperationException?> operation)
    {
        lock (gate)
        {
            using var held = TryLock() ?? throw Refused(LiteDbErrors.ReadOnly);
            if (Guarded(() => Commit(newBytes, operation)) is { } refused)
            {
                throw refused;
            }
        }
    }

    /// <summary>Runs what LiteDB refuses inside a transaction: pragmas and the making of indexes.</summary>
    public void Prepare(Action<LiteDatabase> operation)
    {
        lock (gate)
        {
            using var held = TryLock() ?? throw Refused(LiteDbErrors.ReadOnly);
            Guarded(() =>
            {
                using var database = Open(readOnly: false);
                operation(database);
                database.Checkpoint();
                return true;
            });
        }
    }

    /// <summary>Writes the data file anew without the space of what was deleted.</summary>
    public void Rebuild()
    {
        lock (gate)
        {
            using var held = TryLock() ?? throw Refused(LiteDbErrors.ReadOnly);
            Guarded(() =>
            {
                using (var database = Open(readOnly: false))
                {
                    database.Checkpoint();
                    database.Rebuild();
                    database.Checkpoint();
                }

                foreach (var backup in Backups())
                {
                    File.Delete(backup);
                }

                return true;
            });
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (!hasWritten || StoreFiles.BytesOf(logPath) == 0)
            {
                return;
            }

            hasWritten = false;
            try
            {
                using var held = TryLock();
                if (held is not null)
                {
                    using var database = Open(readOnly: false);
                    database.Checkpoint();
                }
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or LiteException or StoreUnavailableException)
            {
                // Every commit stands in the flushed log; whoever opens the store next reads it from there.
                _ = failed;
            }
        }
    }

    private InvalidOperationException? Commit(long newBytes, Func<LiteDatabase, InvalidOperationException?> operation)
    {
        using (var database = Open(readOnly: false))
        {
            // The log grows by a commit now, and the data file by the whole log later.
            var log = StoreFiles.BytesOf(logPath);
            if (log > CheckpointBytes || FreeBytes() < log + (2 * newBytes) + SpareBytes)
            {
                database.Checkpoint();
                log = 0;
            }

            if (newBytes > 0 && FreeBytes() < log + (2 * newBytes) + SpareBytes)
            {
                throw Refused(LiteDbErrors.DiskFull);
            }

            // A transaction belongs to its thread: nothing in here may await.
            database.BeginTrans();
            if (operation(database) is { } refused)
            {
                database.Rollback();
                return refused;
            }

            database.Commit();
        }

        if (File.Exists(logPath))
        {
            using var log = new FileStream(logPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            log.Flush(flushToDisk: true);
        }

        hasWritten = true;
        return null;
    }

    private LiteDatabase Open(bool readOnly)
    {
        // A rebuild that was cut off between its two renames left the whole store under its backup's name.
        if (!readOnly && !File.Exists(path) && Backups().FirstOrDefault() is { } backup)
        {
            File.Move(backup, path);
        }

        RefuseWhatIsNotLiteDb();
        var database = new LiteDatabase(new ConnectionString { Filename = path, Connection = ConnectionType.Direct, ReadOnly = readOnly });
        try
        {
            if (!readOnly && database.CheckpointSize != 0)
            {
                database.CheckpointSize = 0;
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>LiteDB cuts a file of any kind to whole pages before it looks into it, so the look is ours.</summary>
    private void RefuseWhatIsNotLiteDb()
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Span<byte> start = stackalloc byte[SignatureOffset + Signature.Length];
        if (file.Length > 0 && (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start[SignatureOffset..].SequenceEqual(Signature)))
        {
            throw new StoreUnavailableException(path, "the file is no MovieQA store", "Nothing was changed; choose another file with --store.");
        }
    }

    private string[] Backups() => Directory.GetFiles(
        Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path) + "-backup*" + Path.GetExtension(path));

    private long FreeBytes() =>
        new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(path)! : Path.GetDirectoryName(path)!).AvailableFreeSpace;

    /// <summary>Null where no lock file can be made: a read-only place, where nobody writes and reading needs no lock.</summary>
    private FileStream? TryLock()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(path + "-lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException failed) when (LockFiles.IsHeld(failed, path + "-lock"))
            {
                if (waited.Elapsed > lockTimeout)
                {
                    throw new StoreUnavailableException(
                        path, "another process keeps the store locked", "Wait until it is done, or end it, and run again.", failed);
                }
            }
            catch (Exception refused) when (refused is UnauthorizedAccessException || refused is IOException { HResult: 30 })
            {
                return null;
            }
            catch (IOException failed)
            {
                throw LiteDbErrors.Unavailable(path, failed);
            }

            Thread.Sleep(PollInterval);
        }
    }

    private StoreUnavailableException Refused((string Reason, string NextStep) why) => new(path, why.Reason, why.NextStep);

    private static string Suffixed(string path, string suffix) =>
        Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path) + suffix + Path.GetExtension(path));

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failed) when (failed is not StoreUnavailableException)
        {
            throw LiteDbErrors.Unavailable(path, failed);
        }
    }
}
