using System.Globalization;

namespace MovieQA.Frames;

/// <summary>
/// Which frames of a film are looked at. A plan is data: its canonical text (<see cref="Name"/>) is part of every stream key, and the
/// presentation timestamps it selects in a film are recorded and hashed (<see cref="FrameSelection"/>).
/// </summary>
public abstract record FramePlan
{
    private FramePlan()
    {
    }

    /// <summary>The canonical text that <see cref="Parse"/> reads back: <c>fps:1</c>, <c>uniform:32</c>, …</summary>
    public abstract string Name { get; }

    /// <summary>The first frame at or after each k ÷ rate seconds from the film's first frame, by presentation timestamp.</summary>
    public sealed record FramesPerSecond(decimal Rate) : FramePlan
    {
        public override string Name => string.Create(CultureInfo.InvariantCulture, $"fps:{Rate:0.######}");
    }

    /// <summary>
    /// LLaMA-VID's: frames 0, s, 2s, … of the decoded sequence with s = round-half-to-even(average frame rate ÷ rate)
    /// (<c>llamavid/serve/cli.py::load_video</c>).
    /// </summary>
    public sealed record EveryRoundFps(decimal Rate) : FramePlan
    {
        public override string Name => Rate == 1 ? "every-round-fps" : string.Create(CultureInfo.InvariantCulture, $"every-round-fps:{Rate:0.######}");
    }

    /// <summary>Video-LLaMA's: floor(i × total ÷ n) for i &lt; n = min(Count, total).</summary>
    public sealed record Uniform(int Count) : FramePlan
    {
        public override string Name => string.Create(CultureInfo.InvariantCulture, $"uniform:{Count}");
    }

    /// <summary>VideoChat's: the centre of each of N equal segments (<c>video_chat/conversation.py::Chat.get_index</c>).</summary>
    public sealed record SegmentCentre(int Count) : FramePlan
    {
        public override string Name => string.Create(CultureInfo.InvariantCulture, $"segment-centre:{Count}");
    }

    /// <summary>Every image of a folder of numbered images, taken at a declared rate (TVQA's 3 frames per second).</summary>
    public sealed record FramesDirectory(decimal Rate) : FramePlan
    {
        public override string Name => string.Create(CultureInfo.InvariantCulture, $"frames-dir:{Rate:0.######}");
    }

    public override string ToString() => Name;

    /// <summary>Reads <c>fps:R</c>, <c>every-round-fps[:R]</c>, <c>uniform:N</c>, <c>segment-centre:N</c> or <c>frames-dir:R</c>.</summary>
    /// <exception cref="FormatException">Names the text, the part that is wrong and the forms there are.</exception>
    public static FramePlan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? text : text[..colon];
        var argument = colon < 0 ? null : text[(colon + 1)..];
        return kind switch
        {
            "fps" => new FramesPerSecond(ParseRate(text, argument)),
            "every-round-fps" => new EveryRoundFps(argument is null ? 1 : ParseRate(text, argument)),
            "uniform" => new Uniform(ParseCount(text, argument)),
            "segment-centre" => new SegmentCentre(ParseCount(text, argument)),
            "frames-dir" => new FramesDirectory(ParseRate(text, argument)),
            _ => throw new FormatException(
                $"'{text}' is no frame plan. Use fps:R, every-round-fps, uniform:N, segment-centre:N or frames-dir:R, for example fps:1."),
        };
    }

    private static decimal ParseRate(string text, string? argument) =>
        decimal.TryParse(argument, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= 1000
            ? rate
            : throw new FormatException($"'{text}': the rate must be a number of frames per second above 0 and at most 1000, for example fps:1.");

    private static int ParseCount(string text, string? argument) =>
        int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1_000_000
            ? count
            : throw new FormatException($"'{text}': the number of frames must be a whole number from 1 to 1000000, for example uniform:32.");
}
