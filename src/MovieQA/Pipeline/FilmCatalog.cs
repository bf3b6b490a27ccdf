using MovieQA.Films;
using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>
/// Opens films through the store's catalog: hashing hours of video takes minutes, so a film whose path, size and time of change are those of
/// its row is taken as unchanged.
/// </summary>
/// <param name="open">Probes and hashes a film, always.</param>
public sealed class FilmCatalog(ITokenStore store, Func<string, CancellationToken, Task<Film>> open)
{
    /// <exception cref="FilmUnreadableException">The file is missing or no film.</exception>
    public async Task<Film> OpenAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        if (store.FindFilm(path) is { } known && IsUnchanged(known))
        {
            return known;
        }

        var film = await open(path, cancellationToken).ConfigureAwait(false);
        store.SaveFilm(film);
        return film;
    }

    private static bool IsUnchanged(Film known)
    {
        if (File.Exists(known.Path))
        {
            var file = new FileInfo(known.Path);
            return file.Length == known.Bytes && file.LastWriteTimeUtc == known.ModifiedUtc;
        }

        // A folder of frames: its size and time are those of its files, not of the folder itself.
        var frames = Directory.Exists(known.Path) ? new DirectoryInfo(known.Path).GetFiles() : [];
        return frames.Length > 0 && frames.Sum(f => f.Length) == known.Bytes && frames.Max(f => f.LastWriteTimeUtc) == known.ModifiedUtc;
    }
}
