using System.Text;
using MovieQA.Films;

namespace MovieQA.Models.LlamaVid.Prompts;

/// <summary>
/// Which frame a subtitle stands behind in a long-video prompt (<c>scripts/extra_tool/extract_video_features_subtitles.py</c>): the last frame that is
/// shown before the subtitle ends.
/// </summary>
public static class SubtitlePlacement
{
    /// <summary>
    /// One text per frame, empty where nothing was said. Upstream's edge is kept: a subtitle that ends at or before the first frame has index −1 and
    /// lands behind the LAST frame. The pointer never moves back, so subtitles are taken in the order given.
    /// </summary>
    public static IReadOnlyList<string> ByFrame(IReadOnlyList<TimeSpan> frames, IReadOnlyList<SubtitleCue> subtitles)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(subtitles);
        var texts = new List<string>[frames.Count];
        var next = 0;
        foreach (var cue in subtitles)
        {
            while (next < frames.Count && frames[next] < cue.End)
            {
                next++;
            }

            var frame = next == 0 ? frames.Count - 1 : next - 1;
            (texts[frame] ??= []).Add(ImagePlaceholder.RemoveFrom(cue.Text).ReplaceLineEndings(" "));
        }

        return [.. texts.Select(t => t is null ? "" : string.Join(' ', t))];
    }

    /// <summary>Per frame, its marks, then its subtitles; no separators (one mark a frame as upstream stores it, tokens-per-frame marks as it asks).</summary>
    public static string Interleave(IReadOnlyList<string> texts, int marksPerFrame)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var marks = string.Concat(Enumerable.Repeat(ImagePlaceholder.Text, marksPerFrame));
        var inputs = new StringBuilder();
        foreach (var text in texts)
        {
            inputs.Append(marks).Append(text);
        }

        return inputs.ToString();
    }
}
