using System.Buffers;
using System.Runtime.CompilerServices;
using MovieQA.Films;
using MovieQA.Frames;

namespace MovieQA.Storage.Tests.Synthetic;

/// <summary>A film that is computed, not read: every frame's pixels follow from its number. Counts what is asked of it.</summary>
internal sealed class SyntheticFilm(int frameCount) : IFrameSource
{
    public const int Side = 4;

    public string DecoderId => "synthetic 1";

    public int Passes { get; private set; }

    public int FirstIndexAsked { get; private set; } = -1;

    public int LivePixels => live;

    public int MostLivePixels { get; private set; }

    /// <summary>Frame number at which the decoder breaks; null for never.</summary>
    public int? BreaksAt { get; init; }

    public IReadOnlyList<DamagedSpan> Damage { get; init; } = [];

    public TimeSpan DelayPerFrame { get; init; }

    private int live;

    public static Film Film(string name = "synthetic.mp4") => new(
        "/films/" + name,
        ContentHash.Of(name),
        1234,
        new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc),
        new FilmProbe(
            "mov,mp4",
            TimeSpan.FromSeconds(600),
            new VideoStream(0, "h264", Side, Side, 0, new Rational(1, 1), new Rational(1, 1000), "yuv420p", null),
            [new AudioStream(1, "aac", 48000, 2, "eng")],
            [new SubtitleStream(2, "mov_text", null, true, true)]));

    public static void Preprocess(DecodedFrame frame, Span<float> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = frame.Pixels.Span[i] / 255f;
        }
    }

    public Task<FilmProbe> ProbeAsync(string path, CancellationToken cancellationToken) => Task.FromResult(Film().Probe);

    public async IAsyncEnumerable<DecodedFrame> DecodeAsync(
        DecodeRequest request, DecodeRecord record, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Passes++;
        FirstIndexAsked = request.FirstIndex;
        foreach (var span in Damage)
        {
            record.AddDamage(span);
        }

        for (var i = request.FirstIndex; i < frameCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (i == BreaksAt)
            {
                throw new FilmUnreadableException(request.Path, $"the decoder stopped at frame {i}", "Look at the file.");
            }

            if (DelayPerFrame > TimeSpan.Zero)
            {
                await Task.Delay(DelayPerFrame, cancellationToken);
            }

            record.FramesDecoded++;
            record.FramesKept++;
            MostLivePixels = Math.Max(MostLivePixels, Interlocked.Increment(ref live));
            yield return new DecodedFrame(i, Timestamp(i), Side, Side, new Pixels(this, i));
        }
    }

    /// <summary>Not a round number of 100 ns, as films have it: 1001/1000 s apart.</summary>
    public static TimeSpan Timestamp(int frame) => TimeSpan.FromTicks(frame * 10_010_000L);

    private sealed class Pixels : IMemoryOwner<byte>
    {
        private readonly SyntheticFilm film;
        private readonly byte[] bytes = new byte[Side * Side * 3];
        private bool disposed;

        public Pixels(SyntheticFilm film, int frame)
        {
            this.film = film;
            new Random(frame).NextBytes(bytes);
        }

        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
            if (!disposed)
            {
                disposed = true;
                bytes.AsSpan().Clear();
                Interlocked.Decrement(ref film.live);
            }
        }
    }
}
