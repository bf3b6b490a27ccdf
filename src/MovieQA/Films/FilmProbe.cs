namespace MovieQA.Films;

/// <summary>What a container says of itself, before any frame is decoded. Containers lie: counts and durations are hints.</summary>
/// <param name="Container">The demuxer's name, e.g. <c>mov,mp4,m4a,3gp,3g2,mj2</c>.</param>
/// <param name="Duration">Null where the container states none.</param>
/// <param name="Video">The stream that is decoded: the default one that is no attached picture, else the first.</param>
public sealed record FilmProbe(
    string Container,
    TimeSpan? Duration,
    VideoStream Video,
    IReadOnlyList<AudioStream> AudioStreams,
    IReadOnlyList<SubtitleStream> SubtitleStreams);

/// <param name="Index">The stream's number in the container.</param>
/// <param name="Width">Pixels as shown, after the rotation flag is applied.</param>
/// <param name="Height">Pixels as shown, after the rotation flag is applied.</param>
/// <param name="RotationDegrees">0, 90, 180 or 270, clockwise; already in <paramref name="Width"/> and <paramref name="Height"/>.</param>
/// <param name="AverageFrameRate">0/0 where unknown.</param>
/// <param name="FrameCount">As the container states it; null where it does not.</param>
public sealed record VideoStream(
    int Index,
    string Codec,
    int Width,
    int Height,
    int RotationDegrees,
    Rational AverageFrameRate,
    Rational TimeBase,
    string PixelFormat,
    long? FrameCount);

public sealed record AudioStream(int Index, string Codec, int SampleRate, int Channels, string? Language);

/// <param name="IsText">False for bitmap subtitles (PGS, VobSub), which hold no text to read.</param>
public sealed record SubtitleStream(int Index, string Codec, string? Language, bool IsDefault, bool IsText);
