using FsCheck;
using FsCheck.Fluent;
using MovieQA.Storage.Rows;
using MovieQA.Storage.Tests.Children;
using MovieQA.Storage.Tests.Synthetic;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests;

/// <summary>What holds for every token store. An engine's fixture inherits it and says how to open one.</summary>
internal abstract class TokenStoreContract
{
    private TestFolder folder = null!;

    protected abstract string Engine { get; }

    /// <summary>A writer is killed at a random moment up to this long after its start: long enough for some commits of this engine's.</summary>
    protected virtual int LatestKillMilliseconds => 60;

    protected string StorePath => folder.File("store.movieqa.db");

    protected TestFolder Folder => folder;

    [SetUp]
    public void MakeFolder() => folder = new TestFolder();

    [TearDown]
    public void RemoveFolder() => folder.Dispose();

    protected ITokenStore Open(TimeProvider? time = null) => StoreEngines.Open(Engine, StorePath, time);

    [Test]
    public void ReadChunk_AfterReopening_GivesWhatWasWritten()
    {
        var key = Streams.Identity().ToKey();
        var chunk = Streams.Chunk(0, width: 4096);
        using (var store = Open())
        {
            store.WriteChunk(key, chunk);
        }

        using var reopened = Open();
        var read = reopened.ReadChunk(key, 0);
        Assert.That(read.Payload.ToArray(), Is.EqualTo(chunk.Payload.ToArray()));
        Assert.That(read.Timestamps, Is.EqualTo(chunk.Timestamps));
        Assert.That((read.Index, read.Shape, read.Dtype), Is.EqualTo((0, new TokenShape(1, 4096), TokenDtype.Float16)));
        Assert.That(reopened.ListChunks(key), Is.EqualTo(new[] { new StoredChunk(0, chunk.ComputeChecksum(), 128) }));
    }

    [Test]
    public void ReadChunk_OfAnyShapeAndTimes_GivesWhatWasWritten()
    {
        using var store = Open();
        var chunks =
            from index in Gen.Choose(0, StreamChecks.MaxChunks - 1)
            from frames in Gen.Choose(1, TokenChunk.FramesPerChunk)
            from tokens in Gen.Choose(1, 3)
            from width in Gen.Choose(1, 70)
            from dtype in Gen.Elements(TokenDtype.Float16, TokenDtype.BFloat16)
            from ticks in Gen.Choose(int.MinValue, int.MaxValue).ArrayOf(frames)
            from seed in Gen.Choose(0, int.MaxValue)
            select Chunk(index, new TokenShape(tokens, width), dtype, ticks, seed);
        var number = 0;
        Prop.ForAll(chunks.ToArbitrary(), chunk =>
        {
            var key = Streams.Identity("film " + number++).ToKey();
            store.WriteChunk(key, chunk);
            var read = store.ReadChunk(key, chunk.Index);
            return read.Payload.Span.SequenceEqual(chunk.Payload.Span) && read.Timestamps.SequenceEqual(chunk.Timestamps)
                && (read.Index, read.Shape, read.Dtype) == (chunk.Index, chunk.Shape, chunk.Dtype)
                && read.ComputeChecksum() == chunk.ComputeChecksum();
        }).QuickCheckThrowOnFailure();
        Assert.That(number, Is.GreaterThanOrEqualTo(100));

        static TokenChunk Chunk(int index, TokenShape shape, TokenDtype dtype, int[] ticks, int seed)
        {
            var payload = new byte[ticks.Length * shape.BytesPerFrame];
            new Random(seed).NextBytes(payload);
            return new TokenChunk(index, shape, dtype, ticks.Select(t => TimeSpan.FromTicks(t * 3L)).ToList(), payload);
        }
    }

    [Test]
    public void ReadChunk_OfASliceOfALargerBuffer_GivesTheSlice()
    {
        using var store = Open();
        var key = Streams.Identity().ToKey();
        var whole = Streams.Chunk(0);
        store.WriteChunk(key, Streams.Chunk(0) with { Timestamps = whole.Timestamps.Take(3).ToList(), Payload = whole.Payload.Slice(64, 3 * 64) });
        Assert.That(store.ReadChunk(key, 0).Payload.ToArray(), Is.EqualTo(whole.Payload.Slice(64, 192).ToArray()));
    }

    [Test]
    public void WriteChunk_Twice_KeepsOne()
    {
        using var store = Open();
        var key = Streams.Identity().ToKey();
        store.WriteChunk(key, Streams.Chunk(0));
        store.WriteChunk(key, Streams.Chunk(0));
        Assert.That(store.ListChunks(key), Has.Count.EqualTo(1));
    }

    [Test]
    public void WriteChunk_OtherBytesInItsPlace_ThrowsAndKeepsTheFirst()
    {
        using var store = Open();
        var key = Streams.Identity().ToKey();
        store.WriteChunk(key, Streams.Chunk(0));
        Assert.That(() => store.WriteChunk(key, Streams.Chunk(0, seed: 1)), Throws.InvalidOperationException.With.Message.Contains("chunk 0"));
        Assert.That(store.ReadChunk(key, 0).ComputeChecksum(), Is.EqualTo(Streams.Chunk(0).ComputeChecksum()));
    }

    [Test]
    public void WriteChunk_ToACompleteStream_Throws()
    {
        using var store = Open();
        var manifest = Streams.Write(store, Streams.Identity(), 128);
        Assert.That(() => store.WriteChunk(manifest.Key, Streams.Chunk(1)), Throws.InvalidOperationException.With.Message.Contains("complete"));
        Assert.That(store.ListChunks(manifest.Key), Has.Count.EqualTo(1));
    }

    [Test]
    public void WriteChunk_WithTooFewBytes_Throws()
    {
        using var store = Open();
        var chunk = Streams.Chunk(0);
        Assert.That(() => store.WriteChunk(Streams.Identity().ToKey(), chunk with { Payload = chunk.Payload[..^2] }), Throws.ArgumentException);
    }

    [Test]
    public void FindManifest_UntilComplete_IsNull()
    {
        using var store = Open();
        using var reader = Open();
        var identity = Streams.Identity(question: "who is \"she\"?\nπ 映画");
        var chunks = Streams.Cut(300);
        foreach (var chunk in chunks)
        {
            store.WriteChunk(identity.ToKey(), chunk);
            Assert.That(reader.FindManifest(identity.ToKey()), Is.Null);
            Assert.That(reader.ListManifests(), Is.Empty);
        }

        var manifest = Streams.Manifest(identity, chunks);
        store.Complete(manifest);
        Assert.That(StoreJson.Write(reader.FindManifest(identity.ToKey())), Is.EqualTo(StoreJson.Write(manifest)));
        Assert.That(reader.FindManifest(identity.ToKey())!.Identity.ToKey(), Is.EqualTo(identity.ToKey()));
        Assert.That(reader.ListIncompleteStreams(), Is.Empty);
    }

    [Test]
    public void ListManifests_OfSeveralFilms_AreByFilmThenKey()
    {
        using var store = Open();
        foreach (var film in new[] { "b", "a", "c" })
        {
            Streams.Write(store, Streams.Identity(film, "what?"), 10);
            Streams.Write(store, Streams.Identity(film), 10);
        }

        var listed = store.ListManifests();
        Assert.That(listed, Has.Count.EqualTo(6));
        Assert.That(
            listed.Select(m => m.Identity.Film.Hex + m.Key.Hex),
            Is.EqualTo(listed.Select(m => m.Identity.Film.Hex + m.Key.Hex).Order(StringComparer.Ordinal)));
    }

    [Test]
    public void Complete_WhenChunksAreNotTheManifests_Throws()
    {
        using var store = Open();
        var identity = Streams.Identity();
        var chunks = Streams.Cut(300);
        store.WriteChunk(identity.ToKey(), chunks[0]);
        store.WriteChunk(identity.ToKey(), chunks[2]);
        var manifest = Streams.Manifest(identity, chunks);
        Assert.That(() => store.Complete(manifest), Throws.InvalidOperationException.With.Message.Contains("3 chunks, the store holds 2"));
        store.WriteChunk(identity.ToKey(), chunks[1]);
        Assert.That(() => store.Complete(manifest with { FrameCount = 299 }), Throws.InvalidOperationException);
        Assert.That(() => store.Complete(manifest with { Content = ContentHash.Of("other") }), Throws.InvalidOperationException);
        Assert.That(() => store.Complete(manifest with { Identity = Streams.Identity("other film") }), Throws.InvalidOperationException);
        Assert.That(store.FindManifest(identity.ToKey()), Is.Null);
        store.Complete(manifest);
        Assert.That(store.FindManifest(identity.ToKey()), Is.Not.Null);
    }

    [Test]
    public void DeleteChunk_OfACompleteStream_TakesTheManifestAndThatChunkOnly()
    {
        using var store = Open();
        var manifest = Streams.Write(store, Streams.Identity(), 300);
        store.DeleteChunk(manifest.Key, 1);
        Assert.That(store.FindManifest(manifest.Key), Is.Null);
        Assert.That(store.ListChunks(manifest.Key).Select(c => c.Index), Is.EqualTo(new[] { 0, 2 }));
        Assert.That(() => store.ReadChunk(manifest.Key, 1), Throws.TypeOf<CorruptChunkException>());
        store.WriteChunk(manifest.Key, Streams.Chunk(1));
        store.Complete(manifest);
        Assert.That(store.FindManifest(manifest.Key)!.Content, Is.EqualTo(manifest.Content));
    }

    [Test]
    public void DeleteStream_LeavesTheOthers()
    {
        using var store = Open();
        var gone = Streams.Write(store, Streams.Identity("a"), 300);
        var kept = Streams.Write(store, Streams.Identity("b"), 300);
        store.DeleteStream(gone.Key);
        Assert.That(store.FindManifest(gone.Key), Is.Null);
        Assert.That(store.ListChunks(gone.Key), Is.Empty);
        Assert.That(store.ListManifests().Select(m => m.Key), Is.EqualTo(new[] { kept.Key }));
        Assert.That(store.ReadChunk(kept.Key, 2).FrameCount, Is.EqualTo(44));
        store.DeleteStream(gone.Key);
    }

    [Test]
    public void ListIncompleteStreams_SaysHowManyChunksAndWhen()
    {
        var now = new DateTimeOffset(2024, 2, 3, 4, 5, 6, TimeSpan.Zero);
        using var store = Open(new FixedTime(now));
        Streams.Write(store, Streams.Identity("complete"), 10);
        store.WriteChunk(Streams.Identity("cut off").ToKey(), Streams.Chunk(0));
        store.WriteChunk(Streams.Identity("cut off").ToKey(), Streams.Chunk(1));
        Assert.That(
            store.ListIncompleteStreams(),
            Is.EqualTo(new[] { new IncompleteStream(Streams.Identity("cut off").ToKey(), 2, now.UtcDateTime) }));
    }

    [Test]
    public void ReadChunk_ThatIsNotThere_ThrowsWithItsPlace()
    {
        using var store = Open();
        var key = Streams.Identity().ToKey();
        Assert.That(() => store.ReadChunk(key, 7), Throws.TypeOf<CorruptChunkException>().With.Property("Index").EqualTo(7));
        store.WriteChunk(key, Streams.Chunk(0));
        Assert.That(() => store.ReadChunk(key, 7), Throws.TypeOf<CorruptChunkException>().With.Property("Key").EqualTo(key));
        Assert.That(() => store.DeleteChunk(key, 7), Throws.Nothing);
    }

    [Test]
    public void Films_SavedFoundReplacedDeleted()
    {
        using var store = Open();
        var film = SyntheticFilm.Film("b é 'x'.mp4");
        store.SaveFilm(film);
        store.SaveFilm(SyntheticFilm.Film("a.mp4"));
        store.SaveFilm(film with { Bytes = 99 });
        using var reader = Open();
        Assert.That(StoreJson.Write(reader.FindFilm(film.Path)), Is.EqualTo(StoreJson.Write(film with { Bytes = 99 })));
        Assert.That(reader.FindFilm(film.Path)!.ModifiedUtc, Is.EqualTo(film.ModifiedUtc).And.Property("Kind").EqualTo(DateTimeKind.Utc));
        Assert.That(reader.ListFilms().Select(f => f.Name), Is.EqualTo(new[] { "a.mp4", "b é 'x'.mp4" }));
        store.DeleteFilm(film.Path);
        Assert.That(reader.FindFilm(film.Path), Is.Null);
        Assert.That(reader.ListFilms(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Measure_CountsWhatIsThere()
    {
        using var store = Open();
        store.SaveFilm(SyntheticFilm.Film());
        Streams.Write(store, Streams.Identity(), 300, width: 64);
        store.WriteChunk(Streams.Identity("cut off").ToKey(), Streams.Chunk(0));
        var measured = store.Measure();
        Assert.That((measured.Films, measured.CompleteStreams, measured.IncompleteStreams, measured.Chunks), Is.EqualTo((1, 1, 1, 4L)));
        Assert.That(measured.PayloadBytes, Is.EqualTo(300 * 128));
        Assert.That(measured.FileBytes, Is.GreaterThanOrEqualTo(new FileInfo(StorePath).Length));
    }

    [Test]
    public void Compact_AfterDeleting_GivesTheSpaceBackAndKeepsTheRest()
    {
        using var store = Open();
        var gone = Streams.Write(store, Streams.Identity("a"), 128 * 32, width: 1024);
        var kept = Streams.Write(store, Streams.Identity("b"), 128 * 8, width: 1024);
        store.DeleteStream(gone.Key);
        store.Compact();
        Assert.That(store.Measure().FileBytes, Is.LessThan(2 * kept.Bytes));
        Assert.That(store.ReadChunk(kept.Key, 1).ComputeChecksum(), Is.EqualTo(Streams.Chunk(1, width: 1024).ComputeChecksum()));
        Assert.That(store.CheckStructure(), Is.Empty);
    }

    [Test]
    public async Task LockStream_HeldElsewhere_WaitsUntilItIsLetGo()
    {
        using var one = Open();
        using var two = Open();
        var key = Streams.Identity().ToKey();
        var held = await one.LockStreamAsync(key, CancellationToken.None);
        using (await two.LockStreamAsync(Streams.Identity("another").ToKey(), CancellationToken.None))
        {
        }

        var waiting = two.LockStreamAsync(key, CancellationToken.None);
        await Task.Delay(300);
        Assert.That(waiting.IsCompleted, Is.False);
        held.Dispose();
        using (await waiting)
        {
            using var impatient = new CancellationTokenSource(200);
            Assert.That(async () => await one.LockStreamAsync(key, impatient.Token), Throws.InstanceOf<OperationCanceledException>());
        }
    }

    [Test]
    public async Task LockStream_FoughtOverByMany_IsHeldByOneAtATime()
    {
        using var one = Open();
        using var two = Open();
        var key = Streams.Identity().ToKey();
        var inside = 0;
        var most = 0;
        var times = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 5; n++)
            {
                using (await (i % 2 == 0 ? one : two).LockStreamAsync(key, CancellationToken.None))
                {
                    most = Math.Max(most, Interlocked.Increment(ref inside));
                    await Task.Yield();
                    Interlocked.Increment(ref times);
                    Interlocked.Decrement(ref inside);
                }
            }
        })));
        Assert.That((most, times), Is.EqualTo((1, 40)));
    }

    [Test]
    public async Task LockStream_HolderKilled_IsFreeAgain()
    {
        using var store = Open();
        using var child = await Child.StartAsync("lock", Engine, StorePath, "a film");
        using (var impatient = new CancellationTokenSource(300))
        {
            Assert.That(
                async () => await store.LockStreamAsync(Streams.Identity().ToKey(), impatient.Token), Throws.InstanceOf<OperationCanceledException>());
        }

        await child.KillAsync();
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var held = await store.LockStreamAsync(Streams.Identity().ToKey(), enough.Token);
        Assert.That(held, Is.Not.Null);
    }

    [Test]
    public async Task WriteAndRead_ByThreadsAndHandles_AllArrive()
    {
        using var one = Open();
        using var two = Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() =>
        {
            var store = i % 2 == 0 ? one : two;
            var key = Streams.Identity("film " + i).ToKey();
            for (var n = 0; n < 6; n++)
            {
                store.WriteChunk(key, Streams.Chunk(n, width: 512, seed: i));
                store.ReadChunk(key, n / 2);
            }
        })));
        for (var i = 0; i < 4; i++)
        {
            var key = Streams.Identity("film " + i).ToKey();
            Assert.That(
                one.ListChunks(key).Select(c => c.Checksum),
                Is.EqualTo(Enumerable.Range(0, 6).Select(n => Streams.Chunk(n, width: 512, seed: i).ComputeChecksum())));
        }
    }

    [Test]
    public async Task Write_ByTwoProcesses_AllArrive()
    {
        using (Open())
        {
        }

        using var one = await Child.StartAsync("write", Engine, StorePath, "one", "20", "512");
        using var two = await Child.StartAsync("write", Engine, StorePath, "two", "20", "512");
        Assert.That(await one.ReadToEndAsync(), Has.Count.EqualTo(20));
        Assert.That(await two.ReadToEndAsync(), Has.Count.EqualTo(20));
        using var store = Open();
        foreach (var film in new[] { "one", "two" })
        {
            for (var i = 0; i < 20; i++)
            {
                var read = store.ReadChunk(Streams.Identity(film).ToKey(), i);
                Assert.That(read.ComputeChecksum(), Is.EqualTo(Streams.Chunk(i, width: 512).ComputeChecksum()));
            }
        }

        Assert.That(store.CheckStructure(), Is.Empty);
    }

    /// <summary>A writer is killed at 50 moments; what it said was committed is there and whole, and nothing half-written shows.</summary>
    [Test]
    [Category("Slow")]
    public async Task Write_KilledAt50Moments_LosesNothingCommitted()
    {
        var random = new Random(20240506);
        var committed = 0;
        for (var kill = 0; kill < 50; kill++)
        {
            using var child = await Child.StartAsync("write", Engine, StorePath, "film " + kill, "100000", "1024");
            await Task.Delay(random.Next(LatestKillMilliseconds));
            var acknowledged = (await child.KillAsync()).Count(line => line.StartsWith("committed ", StringComparison.Ordinal));
            committed += acknowledged;
            using var store = Open();
            var key = Streams.Identity("film " + kill).ToKey();
            var chunks = store.ListChunks(key);
            Assert.That(chunks, Has.Count.InRange(acknowledged, acknowledged + 2), $"kill {kill}");
            for (var i = 0; i < chunks.Count; i++)
            {
                Assert.That(store.ReadChunk(key, i).ComputeChecksum(), Is.EqualTo(Streams.Chunk(i, width: 1024).ComputeChecksum()));
            }

            Assert.That(store.FindManifest(key), Is.Null);
            store.DeleteStream(key);
        }

        using var last = Open();
        Assert.That(last.CheckStructure(), Is.Empty);
        Assert.That(committed, Is.GreaterThan(50), "the kills came too early to prove anything");
        await TestContext.Out.WriteLineAsync($"{committed} chunks acknowledged over 50 kills");
    }

    [Test]
    public void Open_AFileThatIsNoStore_SaysSoAndLeavesIt()
    {
        File.WriteAllText(StorePath, string.Concat(Enumerable.Repeat("these are my notes, not a database\n", 1000)));
        var before = File.ReadAllBytes(StorePath);
        Assert.That(() => Open().Dispose(), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains(StorePath).And.Message.Contains("--store"));
        Assert.That(File.ReadAllBytes(StorePath), Is.EqualTo(before));
    }

    [Test]
    public void Open_AFolder_SaysSo()
    {
        Directory.CreateDirectory(StorePath);
        Assert.That(() => Open().Dispose(), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains(StorePath));
    }

    [Test]
    public void Open_ANewerSchema_SaysWhichAndLeavesIt()
    {
        using (var store = Open())
        {
            Streams.Write(store, Streams.Identity(), 10);
        }

        SetSchemaVersion(StorePath, 7);
        Assert.That(() => Open().Dispose(), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("version 7"));
        SetSchemaVersion(StorePath, 1);
        using var again = Open();
        Assert.That(again.ListManifests(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Write_WhenTheDiskIsFull_SaysSoAndLosesNothing()
    {
        using var disk = SmallDisk.MountOrIgnore(folder.File("small"), 3 * 1024 * 1024);
        var path = Path.Combine(disk.Path, "store.movieqa.db");
        var key = Streams.Identity().ToKey();
        var stored = 0;
        using (var store = StoreEngines.Open(Engine, path))
        {
            var refused = Assert.Throws<StoreUnavailableException>(() =>
            {
                for (; stored < 1000; stored++)
                {
                    store.WriteChunk(key, Streams.Chunk(stored, width: 512));
                }
            });
            Assert.That(refused!.Message, Does.Contain("the disk is full").And.Contain(path));
            Assert.That(stored, Is.InRange(3, 40));
        }

        disk.Grow(16 * 1024 * 1024);
        using var reopened = StoreEngines.Open(Engine, path);
        Assert.That(reopened.ListChunks(key), Has.Count.EqualTo(stored));
        for (var i = 0; i < stored; i++)
        {
            Assert.That(reopened.ReadChunk(key, i).ComputeChecksum(), Is.EqualTo(Streams.Chunk(i, width: 512).ComputeChecksum()));
        }

        reopened.WriteChunk(key, Streams.Chunk(stored, width: 512));
        Assert.That(reopened.CheckStructure(), Is.Empty);
    }

    [Test]
    public void Write_ToAReadOnlyFolder_SaysSoAndReadsGoOn()
    {
        using var disk = SmallDisk.MountOrIgnore(folder.File("small"), 8 * 1024 * 1024);
        var path = Path.Combine(disk.Path, "store.movieqa.db");
        StreamManifest manifest;
        using (var store = StoreEngines.Open(Engine, path))
        {
            manifest = Streams.Write(store, Streams.Identity(), 300);
        }

        disk.MakeReadOnly();
        using var reopened = StoreEngines.Open(Engine, path);
        Assert.That(reopened.FindManifest(manifest.Key)!.Content, Is.EqualTo(manifest.Content));
        Assert.That(reopened.ReadChunk(manifest.Key, 1).ComputeChecksum(), Is.EqualTo(Streams.Chunk(1).ComputeChecksum()));
        var key = Streams.Identity("b").ToKey();
        Assert.That(
            () => reopened.WriteChunk(key, Streams.Chunk(0)), Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("read-only"));
        Assert.That(async () => await reopened.LockStreamAsync(key, CancellationToken.None), Throws.TypeOf<StoreUnavailableException>());
    }

    [Test]
    public void Open_InAReadOnlyFolder_SaysSo()
    {
        using var disk = SmallDisk.MountOrIgnore(folder.File("small"), 1024 * 1024);
        disk.MakeReadOnly();
        Assert.That(
            () => StoreEngines.Open(Engine, Path.Combine(disk.Path, "store.movieqa.db")).Dispose(),
            Throws.TypeOf<StoreUnavailableException>().With.Message.Contains("--store"));
    }

    /// <summary>Writes another schema version into a closed store.</summary>
    protected abstract void SetSchemaVersion(string path, int version);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
