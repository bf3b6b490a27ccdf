namespace MovieQA.Films;

/// <summary>A film that was opened and identified: where it lies, what it is, what its container says.</summary>
/// <param name="Path">Absolute path of the file, or of the folder of a <c>frames-dir</c> plan.</param>
/// <param name="Content">Hash of the file's bytes (of the sorted names and bytes for a folder of frames): a moved film keeps its index.</param>
/// <param name="Bytes">Size on disk.</param>
/// <param name="ModifiedUtc">With size and path, tells whether <paramref name="Content"/> must be computed again.</param>
public sealed record Film(string Path, ContentHash Content, long Bytes, DateTime ModifiedUtc, FilmProbe Probe)
{
    public string Name => System.IO.Path.GetFileName(Path.TrimEnd(System.IO.Path.DirectorySeparatorChar));
}
