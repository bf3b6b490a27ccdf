using MovieQA.Storage.LiteDb;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests;

internal static partial class StoreEngines
{
    public const string LiteDb = "litedb";

    static partial void OpenFull(string engine, string path, TimeProvider time, ref ITokenStore? store)
    {
        if (engine == LiteDb)
        {
            store = LiteDbTokenStore.Open(path, time, TimeSpan.FromSeconds(30));
        }
    }
}
