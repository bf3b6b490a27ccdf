using System.Text.Json;

namespace MovieQA.Models.Tests.Golden;

/// <summary>JSON rows and other plain files of the golden set.</summary>
internal static class GoldenText
{
    /// <summary><c>MOVIEQA_GOLDEN</c>, else <c>../shared/golden</c> beside the repository, else the reduced set that is committed.</summary>
    public static string Root { get; } = FindRoot();

    public static bool Exists(string path) => System.IO.File.Exists(Path.Combine(Root, path));

    public static string File(string path)
    {
        if (!Exists(path))
        {
            Assert.Ignore($"{path} is not in the golden set at {Root}; set MOVIEQA_GOLDEN to one that has it.");
        }

        return Path.Combine(Root, path);
    }

    public static IReadOnlyList<JsonElement> Rows(string path)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(File(path)));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    public static int[] Ints(this JsonElement row, string property) => [.. row.GetProperty(property).EnumerateArray().Select(v => v.GetInt32())];

    private static string FindRoot()
    {
        if (Environment.GetEnvironmentVariable("MOVIEQA_GOLDEN") is { Length: > 0 } chosen)
        {
            return chosen;
        }

        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(repository.FullName, "MovieQA.sln")))
        {
            repository = repository.Parent ?? throw new DirectoryNotFoundException($"no MovieQA.sln above {AppContext.BaseDirectory}");
        }

        var shared = Path.Combine(repository.FullName, "..", "shared", "golden");
        return Directory.Exists(shared) ? Path.GetFullPath(shared) : Path.Combine(repository.FullName, "tests", "fixtures", "golden");
    }
}
