using Microsoft.Data.Sqlite;
using MovieQA.Storage.Sqlite;
using MovieQA.Storage.Tests.Synthetic;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests.Sqlite;

internal sealed class SqliteTokenStoreTests : TokenStoreContract
{
    protected override string Engine => StoreEngines.Sqlite;

    [Test]
    public void Open_AnotherProgramsDatabase_SaysSoAndLeavesIt()
    {
        Run(StorePath, "CREATE TABLE recipes (name TEXT)");
        Assert.That(() => Open().Dispose(), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("no MovieQA store"));
        Run(StorePath, "INSERT INTO recipes VALUES ('soup')");
    }

    [Test]
    public void Write_WhileAnotherHoldsTheFile_SaysSoAfterTheTimeout()
    {
        using var store = SqliteTokenStore.Open(StorePath, TimeProvider.System, TimeSpan.FromSeconds(1));
        using var other = new SqliteConnection($"Data Source={StorePath};Pooling=False");
        other.Open();
        using (var take = other.CreateCommand())
        {
            take.CommandText = "BEGIN EXCLUSIVE";
            take.ExecuteNonQuery();
        }

        Assert.That(
            () => store.WriteChunk(Streams.Identity().ToKey(), Streams.Chunk(0)),
            Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("another process"));
    }

    protected override void SetSchemaVersion(string path, int version) => Run(path, $"PRAGMA user_version = {version}");

    private static void Run(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts stand above.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
