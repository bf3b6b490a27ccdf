namespace MovieQA.Storage.Rows;

/// <summary>The files a store is made of.</summary>
internal static class StoreFiles
{
    public static long BytesOf(params ReadOnlySpan<string> paths)
    {
        long bytes = 0;
        foreach (var path in paths)
        {
            var file = new FileInfo(path);
            bytes += file.Exists ? file.Length : 0;
        }

        return bytes;
    }
}
