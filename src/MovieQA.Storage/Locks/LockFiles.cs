namespace MovieQA.Storage.Locks;

/// <summary>Files that are locks: open, they are held.</summary>
internal static class LockFiles
{
    /// <summary>A sharing violation: EWOULDBLOCK from flock, which .NET gives as HResult on Unix, or Windows' 0x80070020.</summary>
    public static bool IsHeld(IOException failed, string path) =>
        failed is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path)
        && failed.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
