namespace MovieQA.Pipeline;

/// <summary>One step of progress. <paramref name="Total"/> is null where the length is not known beforehand.</summary>
/// <param name="Film">Name of the film.</param>
public readonly record struct StageProgress(string Film, Stage Stage, long Done, long? Total);

/// <summary>What a run's wall clock is divided into.</summary>
public enum Stage
{
    Probe,
    Decode,
    Preprocess,
    Encode,
    Store,
    Answer,
    Score,
    Report,
    Other,
}
