using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using MovieQA.Films;
using MovieQA.Frames;
using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>
/// One decode and one vision pass: decode → preprocess → encode and store, each on its own task, joined by bounded channels. Frames of
/// chunks that every stream holds are decoded and let go.
/// </summary>
/// <remarks>
/// A chunk is committed before the first batch of the next one is encoded. That is what lets a killed run redo at most one chunk; it costs the
/// milliseconds of a commit per chunk, while decoding and preprocessing go on.
/// </remarks>
internal sealed class IndexPass(
    ITokenStore store,
    IFrameSource source,
    IFrameEncoder encoder,
    PreprocessFrame preprocess,
    IndexOptions options,
    StageClock clock,
    Film film,
    FramePlan plan,
    IReadOnlyList<StreamWork> works,
    ResumePoint resume,
    IProgress<StageProgress>? progress)
{
    private readonly Channel<DecodedFrame> frames = Bounded<DecodedFrame>(options.FramesAhead);
    private readonly Channel<Batch> batches = Bounded<Batch>(options.BatchesAhead);
    private readonly List<TimeSpan> timestamps = [.. resume.TimestampsBefore];
    private readonly int frameFloats = 3 * encoder.Preprocessing.Size * encoder.Preprocessing.Size;
    private readonly long? estimate = FrameEstimate.Of(plan, film.Probe);
    private ExceptionDispatchInfo? firstFailure;

    public DecodeRecord Record { get; } = new();

    /// <summary>Of every selected frame of the film, once the pass is over.</summary>
    public IReadOnlyList<TimeSpan> Timestamps => timestamps;

    public int ChunksEncoded { get; private set; }

    public long FramesEncoded { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        clock.Charge(Stage.Preprocess, Stage.Decode);
        await Task.WhenAll(
            StartStage(DecodeAsync, frames.Writer, stop),
            StartStage(PreprocessAsync, batches.Writer, stop),
            StartStage<object>(EncodeAsync, null, stop)).ConfigureAwait(false);
        clock.Charge(Stage.Other);
        while (frames.Reader.TryRead(out var left))
        {
            left.Dispose();
        }

        while (batches.Reader.TryRead(out var left))
        {
            ArrayPool<float>.Shared.Return(left.Pixels);
        }

        cancellationToken.ThrowIfCancellationRequested();
        firstFailure?.Throw();
    }

    private static Channel<T> Bounded<T>(int capacity) =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    /// <summary>Runs a stage on the pool. The first failure of any stage stops the others and is the one that is thrown.</summary>
    private Task StartStage<T>(Func<CancellationToken, Task> stage, ChannelWriter<T>? output, CancellationTokenSource stop) => Task.Run(async () =>
    {
        try
        {
            await stage(stop.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, it is kept and thrown once the other stages have stopped.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref firstFailure, ExceptionDispatchInfo.Capture(failure), null);
            await stop.CancelAsync().ConfigureAwait(false);
        }
        finally
        {
            output?.TryComplete();
        }
    });

    private async Task DecodeAsync(CancellationToken cancellationToken)
    {
        var request = new DecodeRequest(film.Path, film.Probe, plan, resume.FirstIndex);
        var decoder = source.DecodeAsync(request, Record, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (decoder.ConfigureAwait(false))
        {
            while (await NextAsync(decoder).ConfigureAwait(false))
            {
                await HandOnAsync(decoder.Current, cancellationToken).ConfigureAwait(false);
                Report(Stage.Decode, timestamps.Count);
            }
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<DecodedFrame> decoder)
    {
        using var busy = clock.Busy(Stage.Decode);
        return await decoder.MoveNextAsync().ConfigureAwait(false);
    }

    private async ValueTask HandOnAsync(DecodedFrame frame, CancellationToken cancellationToken)
    {
        var isHandedOn = false;
        try
        {
            Note(frame);
            if (works.Any(w => w.Lacks(frame.Index / TokenChunk.FramesPerChunk)))
            {
                await frames.Writer.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
                isHandedOn = true;
            }
        }
        finally
        {
            if (!isHandedOn)
            {
                frame.Dispose();
            }
        }
    }

    private void Note(DecodedFrame frame)
    {
        if (frame.Index != timestamps.Count)
        {
            throw new InvalidOperationException($"{film.Path}: expected frame {timestamps.Count} of plan {plan.Name}, the decoder gave {frame.Index}");
        }

        if (resume.StoredTimestamp(frame.Index) is { } stored && stored != frame.Timestamp)
        {
            throw new InvalidOperationException(
                $"{film.Path}: frame {frame.Index} of plan {plan.Name} is at {frame.Timestamp}, an earlier run stored it at {stored}. "
                + "The decoder no longer selects the same frames; index again with --force.");
        }

        timestamps.Add(frame.Timestamp);
    }

    private async Task PreprocessAsync(CancellationToken cancellationToken)
    {
        Batch? open = null;
        try
        {
            await foreach (var frame in frames.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using (frame)
                {
                    open ??= new Batch(frame.Index / TokenChunk.FramesPerChunk, ArrayPool<float>.Shared.Rent(options.BatchFrames * frameFloats));
                    using (clock.Busy(Stage.Preprocess))
                    {
                        preprocess(frame, open.Pixels.AsSpan(open.Timestamps.Count * frameFloats, frameFloats));
                    }

                    open.Timestamps.Add(frame.Timestamp);
                    Report(Stage.Preprocess, frame.Index + 1);
                    if (open.Timestamps.Count == options.BatchFrames || frame.Index % TokenChunk.FramesPerChunk == TokenChunk.FramesPerChunk - 1)
                    {
                        await batches.Writer.WriteAsync(open, cancellationToken).ConfigureAwait(false);
                        open = null;
                    }
                }
            }

            // After a failure upstream the channel ends as after the film's last frame: only this tells a cut-off chunk from a short one.
            cancellationToken.ThrowIfCancellationRequested();
            if (open is not null)
            {
                await batches.Writer.WriteAsync(open, cancellationToken).ConfigureAwait(false);
                open = null;
            }
        }
        finally
        {
            if (open is not null)
            {
                ArrayPool<float>.Shared.Return(open.Pixels);
            }
        }
    }

    private async Task EncodeAsync(CancellationToken cancellationToken)
    {
        ChunkInMaking? making = null;
        await foreach (var batch in batches.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            making ??= new ChunkInMaking(batch.Chunk, works.Where(w => w.Lacks(batch.Chunk)).ToList());
            clock.Charge(Stage.Encode);
            making.Add(batch.Timestamps, await EncodeBatchAsync(batch, making.Questions, cancellationToken).ConfigureAwait(false));
            FramesEncoded += batch.Timestamps.Count;
            Report(Stage.Encode, (batch.Chunk * (long)TokenChunk.FramesPerChunk) + making.FrameCount);
            if (making.FrameCount == TokenChunk.FramesPerChunk)
            {
                await StoreAsync(making).ConfigureAwait(false);
                making = null;
            }

            clock.Charge(Stage.Preprocess, Stage.Decode);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (making is not null)
        {
            await StoreAsync(making).ConfigureAwait(false);
        }
    }

    private async Task<EncodedFrames> EncodeBatchAsync(Batch batch, IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        using var busy = clock.Busy(Stage.Encode);
        var pixels = batch.Pixels.AsMemory(0, batch.Timestamps.Count * frameFloats);
        var encoding = encoder.EncodeAsync(pixels, batch.Timestamps.Count, questions, cancellationToken);
        try
        {
            // A device in the midst of a batch hears of the cancellation late; the run does not wait for it.
            return await encoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // A batch that was let go is still being read: its buffer is left to the collector.
            if (encoding.IsCompleted)
            {
                ArrayPool<float>.Shared.Return(batch.Pixels);
            }
        }
    }

    private async Task StoreAsync(ChunkInMaking making)
    {
        clock.Charge(Stage.Store);
        using (clock.Busy(Stage.Store))
        {
            await Task.Run(() =>
            {
                foreach (var (work, chunk) in making.Finish(encoder.Dtype))
                {
                    store.WriteChunk(work.Key, chunk);
                    work.Made++;
                }
            }).ConfigureAwait(false);
        }

        ChunksEncoded++;
        Report(Stage.Store, (making.Chunk * (long)TokenChunk.FramesPerChunk) + making.FrameCount);
    }

    private void Report(Stage stage, long done) => progress?.Report(new StageProgress(film.Name, stage, done, estimate));

    private sealed record Batch(int Chunk, float[] Pixels)
    {
        public List<TimeSpan> Timestamps { get; } = [];
    }
}
