using MovieQA.Tokens;

namespace MovieQA.Storage.Locks;

/// <summary>
/// One lock file per stream that is being written, in a folder beside the store. The operating system lets go of a dead process's locks, so
/// a file left behind locks nothing.
/// </summary>
/// <remarks>
/// Taking and removing a lock file both happen under the registry's own lock; otherwise one process could hold a file that another has
/// just removed while a third makes it anew. The registry is held for microseconds.
/// </remarks>
internal sealed class StreamLocks(string folder, string storePath, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RegistryPollInterval = TimeSpan.FromMilliseconds(2);

    public async Task<IDisposable> TakeAsync(StreamKey key, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, key.Hex + ".lock");
        while (true)
        {
            if (await TryTakeAsync(path, cancellationToken).ConfigureAwait(false) is { } held)
            {
                return new StreamLock(this, held, path);
            }

            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<FileStream?> TryTakeAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using (var registry = TryOpenRegistry())
            {
                if (registry is not null)
                {
                    return TryOpen(path);
                }
            }

            await Task.Delay(RegistryPollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private FileStream? TryOpenRegistry()
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(refused);
        }

        return TryOpen(Path.Combine(folder, "registry.lock"));
    }

    /// <summary>Null when another process or another handle of this one holds the file.</summary>
    private FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException failed) when (LockFiles.IsHeld(failed, path))
        {
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(refused);
        }
    }

    private void Release(FileStream held, string path)
    {
        try
        {
            using var registry = TryOpenRegistry();
            if (registry is not null)
            {
                File.Delete(path);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or StoreUnavailableException)
        {
            // The file stays; nobody holds it after the next line, so it locks nothing.
            _ = refused;
        }
        finally
        {
            held.Dispose();
        }
    }

    private StoreUnavailableException Unavailable(Exception refused) => new(
        storePath, $"no lock can be taken in {folder} ({refused.Message.TrimEnd('.')})",
        "Writing needs a folder one can write to: free some space, change its permissions, or choose another with --store.", refused);

    private sealed class StreamLock(StreamLocks locks, FileStream held, string path) : IDisposable
    {
        private FileStream? held = held;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref held, null) is { } file)
            {
                locks.Release(file, path);
            }
        }
    }
}
