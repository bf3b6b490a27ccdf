namespace MovieQA.Films;

/// <summary>One subtitle: plain text (tags removed, lines joined by <c>\n</c>) shown from <paramref name="Start"/> up to <paramref name="End"/>.</summary>
public sealed record SubtitleCue(TimeSpan Start, TimeSpan End, string Text);

/// <param name="Origin">Where the cues came from: a sidecar's path, or <c>stream 3</c>.</param>
/// <param name="Encoding">The text encoding that was recognised: <c>utf-8</c>, <c>windows-1252</c>, …</param>
/// <param name="Cues">Sorted by start, then end.</param>
/// <param name="Warnings">What was skipped or repaired, with line numbers.</param>
public sealed record SubtitleTrack(string Origin, string Encoding, string? Language, IReadOnlyList<SubtitleCue> Cues, IReadOnlyList<string> Warnings);
