using MovieQA.Films;
using MovieQA.Frames;
using MovieQA.Pipeline;
using MovieQA.Storage.Tests.Synthetic;
using MovieQA.Tokens;

namespace MovieQA.Storage.Tests.Pipeline;

internal sealed class IndexFilmTests
{
    private TestFolder folder = null!;
    private ITokenStore store = null!;
    private SyntheticFilm source = null!;
    private SyntheticEncoder encoder = null!;

    [SetUp]
    public void MakeStore()
    {
        folder = new TestFolder();
        store = StoreEngines.Open(StoreEngines.Sqlite, folder.File("store.movieqa.db"));
        source = new SyntheticFilm(300);
        encoder = new SyntheticEncoder();
    }

    [TearDown]
    public void RemoveStore()
    {
        encoder.Dispose();
        store.Dispose();
        folder.Dispose();
    }

    [Test]
    public async Task Run_ANewFilmAndTwoQuestions_MakesThreeStreamsFromOnePass()
    {
        var result = await RunAsync("who?", "where?");
        Assert.That(result.FrameCount, Is.EqualTo(300));
        Assert.That(result.Streams.Select(s => s.Outcome), Is.All.EqualTo(IndexOutcome.Made));
        Assert.That(result.Streams.Select(s => (s.Manifest.Identity.Tier, s.Manifest.Identity.Question)), Is.EqualTo(new[]
        {
            (TokenTier.Content, (string?)null), (TokenTier.Context, "who?"), (TokenTier.Context, "where?"),
        }));
        Assert.That(result.ContextKeys, Is.EqualTo(result.Streams.Skip(1).Select(s => s.Manifest.Key)));
        Assert.That((source.Passes, encoder.FramesEncoded, result.FramesEncoded, result.ChunksEncoded), Is.EqualTo((1, 300, 300L, 3)));
        Assert.That(result.DecodeAmplification, Is.EqualTo(1));
        Assert.That(result.IsTrained, Is.False);
        foreach (var stream in result.Streams)
        {
            await AssertStreamAsync(stream.Manifest, 300);
        }
    }

    [Test]
    public async Task Run_AChunk_IsAlwaysCutIntoTheSameBatches()
    {
        source = new SyntheticFilm(128 + 37);
        await RunAsync();
        Assert.That(encoder.BatchSizes, Is.EqualTo(Enumerable.Repeat(16, 8 + 2).Append(5)));
    }

    [Test]
    public async Task Run_AgainWhenComplete_DecodesNothingAndSaysSo()
    {
        var first = await RunAsync("who?");
        var again = await RunAsync("who?");
        Assert.That(again.DidNothing, Is.True);
        Assert.That((source.Passes, encoder.FramesEncoded, again.ChunksEncoded, again.ChunksReused), Is.EqualTo((1, 300, 0, 6)));
        Assert.That(again.Streams.Select(s => s.Manifest.Content), Is.EqualTo(first.Streams.Select(s => s.Manifest.Content)));
        Assert.That(again.FrameCount, Is.EqualTo(300));
    }

    [Test]
    public async Task Run_WithANewQuestion_MakesItsStreamOnly()
    {
        await RunAsync("who?");
        var result = await RunAsync("who?", "why?");
        Assert.That(
            result.Streams.Select(s => (s.Outcome, s.ChunksMade)),
            Is.EqualTo(new[] { (IndexOutcome.WasComplete, 0), (IndexOutcome.WasComplete, 0), (IndexOutcome.Made, 3) }));
        Assert.That(encoder.QuestionsPerBatch.Skip(encoder.QuestionsPerBatch.Count / 2), Is.All.EqualTo(1));
    }

    [Test]
    public async Task Run_WithTheSameQuestionTwice_SharesTheStream()
    {
        var result = await RunAsync("who?", "who?");
        Assert.That(result.Streams, Has.Count.EqualTo(2));
        Assert.That(result.ContextKeys, Is.EqualTo(new[] { result.Streams[1].Manifest.Key, result.Streams[1].Manifest.Key }));
    }

    [Test]
    public async Task Run_DecoderBreaksMidway_ResumesAtTheFirstMissingChunk()
    {
        var whole = new SyntheticFilm(700);
        source = new SyntheticFilm(700) { BreaksAt = 450 };
        Assert.That(async () => await RunAsync("who?"), Throws.TypeOf<FilmUnreadableException>().With.Message.Contains("frame 450"));
        Assert.That(store.ListManifests(), Is.Empty);
        Assert.That(store.ListIncompleteStreams(), Has.Count.EqualTo(2));
        var stored = store.ListIncompleteStreams()[0].Chunks;
        Assert.That(stored, Is.InRange(1, 3));

        source = whole;
        var before = encoder.FramesEncoded;
        var result = await RunAsync("who?");
        Assert.That(source.FirstIndexAsked, Is.EqualTo((stored * 128) - 1));
        Assert.That(encoder.FramesEncoded - before, Is.EqualTo(700 - (stored * 128)));
        Assert.That(result.Streams.Select(s => (s.Outcome, s.ChunksReused)), Is.All.EqualTo((IndexOutcome.Resumed, stored)));
        foreach (var stream in result.Streams)
        {
            await AssertStreamAsync(stream.Manifest, 700);
        }
    }

    [Test]
    public async Task Run_AfterHolesAndALostManifest_MakesTheMissingChunksOnly()
    {
        source = new SyntheticFilm(700);
        var first = await RunAsync("who?");
        store.DeleteChunk(first.ContentKey, 1);
        store.DeleteChunk(first.ContextKeys[0], 1);
        store.DeleteChunk(first.ContextKeys[0], 4);
        encoder.BatchSizes.Clear();
        encoder.QuestionsPerBatch.Clear();
        var result = await RunAsync("who?");
        Assert.That(result.ChunksEncoded, Is.EqualTo(2));
        Assert.That(result.Streams.Select(s => (s.ChunksMade, s.ChunksReused)), Is.EqualTo(new[] { (1, 5), (2, 4) }));
        Assert.That(encoder.BatchSizes.Sum(), Is.EqualTo(256));
        Assert.That(result.Streams.Select(s => s.Manifest.Content), Is.EqualTo(first.Streams.Select(s => s.Manifest.Content)));
    }

    [TestCase(256)]
    [TestCase(300)]
    public async Task Run_AllChunksStoredButNoManifest_EncodesNothing(int frames)
    {
        source = new SyntheticFilm(frames);
        var first = await RunAsync();
        store.DeleteChunk(first.ContentKey, 99);
        Assert.That(store.FindManifest(first.ContentKey), Is.Null);
        encoder.BatchSizes.Clear();
        var result = await RunAsync();
        Assert.That((encoder.FramesEncoded, source.FirstIndexAsked), Is.EqualTo((0, frames - 1)));
        Assert.That(result.Streams[0].Manifest.Content, Is.EqualTo(first.Streams[0].Manifest.Content));
        Assert.That(result.Streams[0].Manifest.Selection, Is.EqualTo(first.Streams[0].Manifest.Selection));
    }

    [Test]
    public async Task Run_Forced_MakesEverythingAgain()
    {
        var first = await RunAsync("who?");
        var index = Index();
        var result = await index.RunAsync(Request(["who?"]) with { Force = true }, null, CancellationToken.None);
        Assert.That(result.Streams.Select(s => s.Outcome), Is.All.EqualTo(IndexOutcome.Made));
        Assert.That(encoder.FramesEncoded, Is.EqualTo(600));
        Assert.That(result.Streams.Select(s => s.Manifest.Content), Is.EqualTo(first.Streams.Select(s => s.Manifest.Content)));
    }

    [Test]
    public async Task Run_Cancelled_StopsSoonAndCanBeResumed()
    {
        source = new SyntheticFilm(100_000);
        using var cancel = new CancellationTokenSource();
        var chunks = 0;
        var progress = new Progress(p =>
        {
            if (p.Stage == Stage.Store && Interlocked.Increment(ref chunks) == 3)
            {
                cancel.Cancel();
            }
        });
        Assert.That(
            async () => await Index().RunAsync(Request([]), progress, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(source.LivePixels, Is.Zero, "frames were not given back");
        var stored = store.ListIncompleteStreams().Single().Chunks;
        Assert.That(stored, Is.EqualTo(3));
        source = new SyntheticFilm(1000);
        var result = await RunAsync();
        Assert.That(result.Streams[0].ChunksReused, Is.EqualTo(3));
        await AssertStreamAsync(result.Streams[0].Manifest, 1000);
    }

    [Test]
    public async Task Run_CancelledWhileTheDeviceIsBusy_DoesNotWaitForIt()
    {
        using var stuck = new StuckEncoder(encoder);
        var index = new IndexFilm(store, source, stuck, SyntheticFilm.Preprocess, IndexOptions.Default, TimeProvider.System);
        using var cancel = new CancellationTokenSource();
        var run = index.RunAsync(Request([]), null, cancel.Token);
        await stuck.Entered.Task;
        await cancel.CancelAsync();
        Assert.That(async () => await run.WaitAsync(TimeSpan.FromSeconds(30)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Run_ALongFilm_HoldsFewFrames()
    {
        source = new SyntheticFilm(5000);
        await RunAsync();
        Assert.That(source.MostLivePixels, Is.InRange(1, IndexOptions.Default.FramesAhead + 4));
        Assert.That(source.LivePixels, Is.Zero);
    }

    [Test]
    public async Task Run_ADamagedFilm_KeepsTheSpansInTheManifest()
    {
        var span = new DamagedSpan(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9), "no frame decoded");
        source = new SyntheticFilm(200) { Damage = [span] };
        var result = await RunAsync();
        Assert.That(result.DamagedSpans, Is.EqualTo(new[] { span }));
        Assert.That(store.FindManifest(result.ContentKey)!.DamagedSpans, Is.EqualTo(new[] { span }));
    }

    [Test]
    public void Run_APlanThatSelectsNothing_NamesFilmAndPlan()
    {
        source = new SyntheticFilm(0);
        Assert.That(
            async () => await RunAsync(), Throws.TypeOf<FilmUnreadableException>().With.Message.Contains("fps:1").And.Message.Contains("synthetic.mp4"));
        Assert.That(store.ListManifests(), Is.Empty);
    }

    [Test]
    public async Task Run_TwiceAtOnce_MakesOneStream()
    {
        source = new SyntheticFilm(1000);
        using var otherStore = StoreEngines.Open(StoreEngines.Sqlite, folder.File("store.movieqa.db"));
        using var otherEncoder = new SyntheticEncoder();
        var other = new IndexFilm(
            otherStore, new SyntheticFilm(1000), otherEncoder, SyntheticFilm.Preprocess, IndexOptions.Default, TimeProvider.System);
        var results = await Task.WhenAll(
            Task.Run(() => RunAsync("who?", "where?")),
            Task.Run(() => other.RunAsync(Request(["where?", "who?"]), null, CancellationToken.None)));
        Assert.That(encoder.FramesEncoded + otherEncoder.FramesEncoded, Is.EqualTo(1000));
        Assert.That(results.Count(r => r.DidNothing), Is.EqualTo(1));
        Assert.That(store.ListManifests(), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Run_WhenAStoredChunkIsCorrupt_MakesItAgain()
    {
        source = new SyntheticFilm(700) { BreaksAt = 600 };
        Assert.That(async () => await RunAsync(), Throws.TypeOf<FilmUnreadableException>());
        var key = store.ListIncompleteStreams().Single().Key;
        var payload = store.ReadChunk(key, 1).Payload.ToArray();
        store.Dispose();
        FlipInFile(payload.AsSpan(40, 40));
        store = StoreEngines.Open(StoreEngines.Sqlite, folder.File("store.movieqa.db"));
        source = new SyntheticFilm(700);
        var result = await RunAsync();
        Assert.That(source.FirstIndexAsked, Is.EqualTo(127));
        await AssertStreamAsync(result.Streams[0].Manifest, 700);
    }

    [Test]
    public async Task Run_WhenTheDecoderSelectsOtherFramesThanBefore_Refuses()
    {
        var first = await RunAsync();
        store.DeleteChunk(first.ContentKey, 0);
        var index = new IndexFilm(store, new ShiftedFilm(source), encoder, SyntheticFilm.Preprocess, IndexOptions.Default, TimeProvider.System);
        Assert.That(
            async () => await index.RunAsync(Request([]), null, CancellationToken.None),
            Throws.InvalidOperationException.With.Message.Contains("no longer selects the same frames"));
    }

    [Test]
    public async Task Run_Times_AddUpToTheWallClock()
    {
        source = new SyntheticFilm(400) { DelayPerFrame = TimeSpan.FromTicks(1) };
        var result = await RunAsync("who?");
        Assert.That(result.Times.Charged.Values.Aggregate(TimeSpan.Zero, (a, b) => a + b), Is.EqualTo(result.Times.Wall));
        Assert.That(result.Times.Busy.Keys, Is.SupersetOf(new[] { Stage.Decode, Stage.Preprocess, Stage.Encode, Stage.Store }));
    }

    [Test]
    public async Task Run_ReportsProgressOfEveryStage()
    {
        var last = new Dictionary<Stage, long>();
        await Index().RunAsync(Request([]), new Progress(p =>
        {
            lock (last)
            {
                last[p.Stage] = Math.Max(last.GetValueOrDefault(p.Stage), p.Done);
                Assert.That((p.Film, p.Total), Is.EqualTo(("synthetic.mp4", (long?)600)));
            }
        }), CancellationToken.None);
        Assert.That(last, Is.EquivalentTo(new Dictionary<Stage, long>
        {
            [Stage.Decode] = 300, [Stage.Preprocess] = 300, [Stage.Encode] = 300, [Stage.Store] = 300,
        }));
    }

    private IndexFilm Index() => new(store, source, encoder, SyntheticFilm.Preprocess, IndexOptions.Default, TimeProvider.System);

    private Task<IndexResult> RunAsync(params string[] questions) => Index().RunAsync(Request(questions), null, CancellationToken.None);

    private static IndexRequest Request(IReadOnlyList<string> questions) =>
        new(SyntheticFilm.Film(), new FramePlan.FramesPerSecond(1), questions);

    /// <summary>Every chunk holds what the encoder gives for each frame by itself.</summary>
    private async Task AssertStreamAsync(StreamManifest manifest, int frames)
    {
        Assert.That(manifest.FrameCount, Is.EqualTo(frames));
        Assert.That(
            manifest.Selection,
            Is.EqualTo(new FrameSelection(new FramePlan.FramesPerSecond(1), Enumerable.Range(0, frames).Select(SyntheticFilm.Timestamp).ToList()).ComputeHash()));
        using var reference = new SyntheticEncoder();
        var pixels = new float[3 * SyntheticFilm.Side * SyntheticFilm.Side];
        var at = 0;
        var film = new SyntheticFilm(frames);
        await foreach (var frame in film.DecodeAsync(
            new DecodeRequest("", SyntheticFilm.Film().Probe, new FramePlan.FramesPerSecond(1)), new DecodeRecord(), CancellationToken.None))
        {
            using (frame)
            {
                SyntheticFilm.Preprocess(frame, pixels);
            }

            var question = manifest.Identity.Question;
            var encoded = await reference.EncodeAsync(pixels, 1, question is null ? [] : [question], CancellationToken.None);
            var chunk = store.ReadChunk(manifest.Key, at / 128);
            var expected = question is null ? encoded.Content : encoded.ContextByQuestion[0];
            Assert.That(chunk.Payload.Slice(at % 128 * 64, 64).Span.SequenceEqual(expected), $"frame {at}");
            Assert.That(chunk.Timestamps[at % 128], Is.EqualTo(SyntheticFilm.Timestamp(at)));
            at++;
        }
    }

    /// <summary>Flips a bit in every place these bytes stand: pages that were moved leave copies nobody reads.</summary>
    private void FlipInFile(ReadOnlySpan<byte> needle)
    {
        var path = folder.File("store.movieqa.db");
        var bytes = File.ReadAllBytes(path);
        var places = 0;
        for (var at = bytes.AsSpan().IndexOf(needle); at >= 0; at = bytes.AsSpan().IndexOf(needle))
        {
            bytes[at] ^= 1;
            places++;
        }

        Assert.That(places, Is.Positive);
        File.WriteAllBytes(path, bytes);
    }

    private sealed class Progress(Action<StageProgress> report) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => report(value);
    }

    private sealed class ShiftedFilm(SyntheticFilm film) : IFrameSource
    {
        public string DecoderId => film.DecoderId;

        public Task<FilmProbe> ProbeAsync(string path, CancellationToken cancellationToken) => film.ProbeAsync(path, cancellationToken);

        public async IAsyncEnumerable<DecodedFrame> DecodeAsync(
            DecodeRequest request, DecodeRecord record, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var frame in film.DecodeAsync(request, record, cancellationToken))
            {
                var bytes = new byte[frame.Pixels.Length];
                yield return new DecodedFrame(
                    frame.Index, frame.Timestamp + TimeSpan.FromTicks(1), frame.Width, frame.Height, System.Buffers.MemoryPool<byte>.Shared.Rent(bytes.Length));
                frame.Dispose();
            }
        }
    }

    private sealed class StuckEncoder(SyntheticEncoder inner) : IFrameEncoder
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public FrameEncoderIdentity Identity => inner.Identity;

        public FramePreprocessing Preprocessing => inner.Preprocessing;

        public TokenShape ContentShape => inner.ContentShape;

        public TokenShape ContextShape => inner.ContextShape;

        public TokenDtype Dtype => inner.Dtype;

        public Task<EncodedFrames> EncodeAsync(
            ReadOnlyMemory<float> pixels, int frames, IReadOnlyList<string> questions, CancellationToken cancellationToken)
        {
            Entered.TrySetResult();
            return new TaskCompletionSource<EncodedFrames>().Task;
        }

        public void Dispose()
        {
        }
    }
}
