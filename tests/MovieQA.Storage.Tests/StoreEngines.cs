using MovieQA.Storage.Sqlite;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests;

/// <summary>The engines of this build profile by name, so that a child process can open one.</summary>
internal static partial class StoreEngines
{
    public const string Sqlite = "sqlite";

    public static ITokenStore Open(string engine, string path, TimeProvider? time = null)
    {
        ITokenStore? store = engine == Sqlite ? SqliteTokenStore.Open(path, time ?? TimeProvider.System, TimeSpan.FromSeconds(30)) : null;
        OpenFull(engine, path, time ?? TimeProvider.System, ref store);
        return store ?? throw new ArgumentException($"this build profile has no store engine '{engine}'");
    }

    /// <summary>Implemented where the full profile is built.</summary>
    static partial void OpenFull(string engine, string path, TimeProvider time, ref ITokenStore? store);
}
