using System.Diagnostics;
using System.Globalization;

namespace MovieQA.Storage.Tests;

/// <summary>A file system in memory of so many bytes; making one takes root and Linux.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk MountOrIgnore(string path, int bytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("A small or read-only disk can be made by root on Linux only.");
        }

        Directory.CreateDirectory(path);
        var size = bytes.ToString(CultureInfo.InvariantCulture);
        if (Mount("-t", "tmpfs", "-o", "size=" + size, "tmpfs", path) is { } refused)
        {
            Assert.Ignore("This machine mounts no tmpfs: " + refused);
        }

        return new SmallDisk(path);
    }

    public void Grow(int bytes) => Remount("size=" + bytes.ToString(CultureInfo.InvariantCulture));

    public void MakeReadOnly() => Remount("ro");

    public void Dispose() => Run("umount", "-l", Path);

    private void Remount(string options)
    {
        if (Mount("-o", "remount," + options, Path) is { } refused)
        {
            Assert.Fail("remount: " + refused);
        }
    }

    private static string? Mount(params string[] arguments) => Run("mount", arguments);

    private static string? Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.Trim();
    }
}
