using MovieQA.Films;
using MovieQA.Frames;

namespace MovieQA.Pipeline;

/// <summary>About how many frames a plan will select, for progress and ETA only: containers lie about their length.</summary>
public static class FrameEstimate
{
    /// <returns>Null where the container says too little.</returns>
    public static long? Of(FramePlan plan, FilmProbe probe)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(probe);
        var seconds = probe.Duration?.TotalSeconds;
        var frameRate = probe.Video.AverageFrameRate;
        var frames = probe.Video.FrameCount ?? (seconds is { } s && frameRate.IsKnown ? (long)(s * frameRate.Value) : null);
        return plan switch
        {
            FramePlan.Uniform uniform => frames is { } total ? Math.Min(uniform.Count, total) : uniform.Count,
            FramePlan.SegmentCentre centre => centre.Count,
            FramePlan.FramesPerSecond fps => seconds is { } length ? (long)Math.Ceiling(length * (double)fps.Rate) : null,
            FramePlan.EveryRoundFps every when frames is { } total && frameRate.IsKnown =>
                (long)Math.Ceiling(total / Math.Max(1, Math.Round(frameRate.Value / (double)every.Rate))),
            FramePlan.FramesDirectory => frames,
            _ => null,
        };
    }
}
