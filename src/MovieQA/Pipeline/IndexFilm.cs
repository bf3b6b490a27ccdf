using MovieQA.Films;
using MovieQA.Frames;
using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>
/// Makes a film's token streams and stores them: the content stream, and a context stream per question. Streams that are complete cost
/// nothing; of the others only missing chunks are made. May be killed at any moment and run again, and may run twice at once: the second
/// run waits and then finds the work done.
/// </summary>
public sealed class IndexFilm
{
    private readonly ITokenStore store;
    private readonly IFrameSource source;
    private readonly IFrameEncoder encoder;
    private readonly PreprocessFrame preprocess;
    private readonly IndexOptions options;
    private readonly TimeProvider time;

    public IndexFilm(
        ITokenStore store, IFrameSource source, IFrameEncoder encoder, PreprocessFrame preprocess, IndexOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.store = store;
        this.source = source;
        this.encoder = encoder;
        this.preprocess = preprocess;
        this.options = options;
        this.time = time;
    }

    /// <summary>Returns once every stream is complete on disk.</summary>
    /// <exception cref="FilmUnreadableException">The film gave no frame.</exception>
    /// <exception cref="StoreUnavailableException">The store takes nothing now; chunks committed before stand and are reused.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; chunks committed before stand and are reused.</exception>
    public Task<IndexResult> RunAsync(IndexRequest request, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(request, new StageClock(time), progress, cancellationToken);
    }

    internal async Task<IndexResult> RunAsync(
        IndexRequest request, StageClock clock, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        var contexts = request.Questions.Select(q => Identify(request, TokenTier.Context, q)).ToList();
        var wanted = contexts.Prepend(Identify(request, TokenTier.Content, null)).DistinctBy(i => i.ToKey()).ToList();
        var contextKeys = contexts.Select(i => i.ToKey()).ToList();
        var manifests = wanted.Select(i => store.FindManifest(i.ToKey())).ToList();
        if (!request.Force && manifests.All(m => m is not null))
        {
            return Summarise([.. manifests.OfType<StreamManifest>()], [], contextKeys, null, clock);
        }

        var locks = new List<IDisposable>();
        try
        {
            // In key order, so that two runs that want the same streams cannot each hold what the other waits for.
            var toLock = wanted.Where((_, i) => request.Force || manifests[i] is null).Select(i => i.ToKey());
            foreach (var key in toLock.OrderBy(k => k.Hex, StringComparer.Ordinal))
            {
                locks.Add(await store.LockStreamAsync(key, cancellationToken).ConfigureAwait(false));
            }

            return await MakeAsync(request, wanted, contextKeys, clock, progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var held in Enumerable.Reverse(locks))
            {
                held.Dispose();
            }
        }
    }

    private async Task<IndexResult> MakeAsync(
        IndexRequest request,
        List<StreamIdentity> wanted,
        List<StreamKey> contextKeys,
        StageClock clock,
        IProgress<StageProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (request.Force)
        {
            wanted.ForEach(i => store.DeleteStream(i.ToKey()));
        }

        // Another process may have completed some while this one waited for their locks.
        var works = wanted
            .Where(i => store.FindManifest(i.ToKey()) is null)
            .Select(i => new StreamWork(i, i.Tier == TokenTier.Content ? encoder.ContentShape : encoder.ContextShape))
            .ToList();
        IndexPass? pass = null;
        if (works.Count > 0)
        {
            var resume = await Task.Run(() => ResumePoint.Read(store, works, cancellationToken), cancellationToken).ConfigureAwait(false);
            pass = new IndexPass(store, source, encoder, preprocess, options, clock, request.Film, request.Plan, works, resume, progress);
            await pass.RunAsync(cancellationToken).ConfigureAwait(false);
            using (clock.Spend(Stage.Store))
            {
                works.ForEach(work => Complete(request, work, pass));
            }
        }

        return Summarise(wanted.Select(i => store.FindManifest(i.ToKey())!).ToList(), works, contextKeys, pass, clock);
    }

    private void Complete(IndexRequest request, StreamWork work, IndexPass pass)
    {
        if (pass.Timestamps.Count == 0)
        {
            throw new FilmUnreadableException(
                request.Film.Path, $"frame plan {request.Plan.Name} selects no frame", "Use another plan, for example --plan fps:1.");
        }

        var chunks = store.ListChunks(work.Key);
        store.Complete(new StreamManifest(
            work.Key,
            work.Identity,
            work.Shape,
            encoder.Dtype,
            pass.Timestamps.Count,
            new FrameSelection(request.Plan, pass.Timestamps).ComputeHash(),
            StreamManifest.ContentOf(chunks.Select(c => c.Checksum)),
            pass.Record.DamagedSpans,
            encoder.Identity.IsTrained));
    }

    private StreamIdentity Identify(IndexRequest request, TokenTier tier, string? question) => new(
        request.Film.Content,
        request.Plan.Name,
        source.DecoderId,
        encoder.Preprocessing.Identity,
        encoder.Identity.Name,
        (tier == TokenTier.Content ? encoder.Identity.ContentId : encoder.Identity.ContextId).Hex,
        tier,
        question);

    private static IndexResult Summarise(
        List<StreamManifest> manifests, List<StreamWork> works, List<StreamKey> contextKeys, IndexPass? pass, StageClock clock)
    {
        var streams = manifests.Select(manifest => works.Find(w => w.Key == manifest.Key) is { } work
            ? new IndexedStream(manifest, work.Stored.Count == 0 ? IndexOutcome.Made : IndexOutcome.Resumed, work.Made, work.Stored.Count)
            : new IndexedStream(manifest, IndexOutcome.WasComplete, 0, manifest.ChunkCount));
        return new IndexResult(
            manifests[0].FrameCount,
            streams.ToList(),
            contextKeys,
            pass?.ChunksEncoded ?? 0,
            pass?.Record.FramesDecoded ?? 0,
            pass?.FramesEncoded ?? 0,
            manifests[0].DamagedSpans,
            manifests.All(m => m.IsTrained),
            clock.Read());
    }
}
