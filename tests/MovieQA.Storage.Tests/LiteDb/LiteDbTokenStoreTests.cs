using LiteDB;
using MovieQA.Storage.LiteDb;
using MovieQA.Storage.Tests.Synthetic;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests.LiteDb;

internal sealed class LiteDbTokenStoreTests : TokenStoreContract
{
    protected override string Engine => StoreEngines.LiteDb;

    /// <summary>LiteDB's first operation compiles for half a second.</summary>
    protected override int LatestKillMilliseconds => 800;

    [Test]
    public void Open_AnotherProgramsDatabase_SaysSoAndLeavesIt()
    {
        using (var other = new LiteDatabase(StorePath))
        {
            other.GetCollection("recipes").Insert(new BsonDocument { ["name"] = "soup" });
        }

        Assert.That(() => Open().Dispose(), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("no MovieQA store"));
        using var again = new LiteDatabase(StorePath);
        Assert.That(again.GetCollection("recipes").Count(), Is.EqualTo(1));
    }

    [Test]
    public void Write_WhileAnotherHoldsTheFile_SaysSoAfterTheTimeout()
    {
        using var store = LiteDbTokenStore.Open(StorePath, TimeProvider.System, TimeSpan.FromSeconds(1));
        using var other = new FileStream(StorePath + "-lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Assert.That(
            () => store.WriteChunk(Streams.Identity().ToKey(), Streams.Chunk(0)),
            Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("another process"));
    }

    [Test]
    public void WriteChunk_LargerThanADocument_IsKeptInParts()
    {
        using var store = Open();
        var key = Streams.Identity().ToKey();
        var chunk = Streams.Chunk(0, width: 80_000); // 128 × 80,000 × 2 bytes = 20 MB
        store.WriteChunk(key, chunk);
        Assert.That(store.ReadChunk(key, 0).ComputeChecksum(), Is.EqualTo(chunk.ComputeChecksum()));
        store.DeleteStream(key);
        Assert.That(store.CheckStructure(), Is.Empty);
    }

    [Test]
    public void Dispose_AfterWriting_LeavesOneFile()
    {
        using (var store = Open())
        {
            Streams.Write(store, Streams.Identity(), 300);
            Assert.That(LogFile(), Does.Exist, "a commit stands in the log");
        }

        Assert.That(LogFile(), Does.Not.Exist);
        using var reopened = Open();
        Assert.That(reopened.ListManifests(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Open_AfterACompactionWasCutOff_TakesTheBackup()
    {
        using (var store = Open())
        {
            Streams.Write(store, Streams.Identity(), 300);
        }

        File.Move(StorePath, Path.Combine(Path.GetDirectoryName(StorePath)!, "store.movieqa-backup.db"));
        using var reopened = Open();
        Assert.That(reopened.ListManifests(), Has.Count.EqualTo(1));
    }

    protected override void SetSchemaVersion(string path, int version)
    {
        using var database = new LiteDatabase(path);
        database.UserVersion = version;
    }

    private string LogFile() => Path.Combine(Path.GetDirectoryName(StorePath)!, "store.movieqa-log.db");
}
