using MovieQA.Films;

namespace MovieQA.Frames;

/// <summary>Opens films and decodes the frames a plan selects. Implemented over the ffmpeg programs and over FFMpegCore.</summary>
public interface IFrameSource
{
    /// <summary>Everything about the decoder that can change a pixel: program, version, conversion flags. Part of every stream key.</summary>
    string DecoderId { get; }

    /// <exception cref="FilmUnreadableException">No such file, not a film, no video stream, zero bytes, …</exception>
    Task<FilmProbe> ProbeAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Decodes in one pass and yields the selected frames in order of showing; every frame equals the same frame of a full linear
    /// decode, bit for bit. What could not be decoded is noted in <paramref name="record"/> and passed over. The caller disposes each frame.
    /// </summary>
    /// <exception cref="FilmUnreadableException">Not one frame could be decoded, or the decoder made no progress for the watchdog's time.</exception>
    IAsyncEnumerable<DecodedFrame> DecodeAsync(DecodeRequest request, DecodeRecord record, CancellationToken cancellationToken);
}

/// <param name="FirstIndex">Selected frames before this place are passed over (a resumed run); the indices of the others do not change.</param>
public sealed record DecodeRequest(string Path, FilmProbe Probe, FramePlan Plan, int FirstIndex = 0);

/// <summary>What one decoding pass did; filled while it runs, complete when the enumeration ends.</summary>
public sealed class DecodeRecord
{
    private readonly List<DamagedSpan> damagedSpans = [];

    /// <summary>Frames the decoder produced, selected or not.</summary>
    public long FramesDecoded { get; set; }

    /// <summary>Frames handed on.</summary>
    public long FramesKept { get; set; }

    public IReadOnlyList<DamagedSpan> DamagedSpans => damagedSpans;

    public void AddDamage(DamagedSpan span) => damagedSpans.Add(span);
}

/// <param name="From">Timestamp of the last good frame before the damage.</param>
/// <param name="To">Timestamp of the next good frame; null when the film ends in damage.</param>
public sealed record DamagedSpan(TimeSpan From, TimeSpan? To, string Reason);
