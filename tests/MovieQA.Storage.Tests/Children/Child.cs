using System.Diagnostics;

namespace MovieQA.Storage.Tests.Children;

/// <summary>A child process running <see cref="Program"/>.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process process;

    private Child(Process process) => this.process = process;

    /// <summary>Starts a child and waits until it says "ready".</summary>
    public static async Task<Child> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(Child).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var child = new Child(Process.Start(start) ?? throw new InvalidOperationException("the child process did not start"));
        var first = await child.ReadLineAsync();
        if (first != "ready")
        {
            throw new InvalidOperationException($"the child said '{first}': {await child.process.StandardError.ReadToEndAsync()}");
        }

        return child;
    }

    /// <summary>The next line; null once the child has ended.</summary>
    public Task<string?> ReadLineAsync() => process.StandardOutput.ReadLineAsync();

    public async Task<IReadOnlyList<string>> ReadToEndAsync()
    {
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        return process.ExitCode is 0 or 137
            ? lines
            : throw new InvalidOperationException($"the child ended with {process.ExitCode}: {await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>SIGKILL: nothing of the child runs after this.</summary>
    public async Task<IReadOnlyList<string>> KillAsync()
    {
        process.Kill();
        return await ReadToEndAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
