namespace MovieQA.Films;

/// <summary>One film cannot be used. The run goes on with the others and reports this one with its cause.</summary>
public sealed class FilmUnreadableException(string path, string reason, string nextStep, Exception? innerException = null)
    : Exception($"{path}: {reason}. {nextStep}", innerException)
{
    public string Path { get; } = path;

    /// <summary>What is wrong, in a few words and without a full stop: <c>no video stream (2 audio streams)</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>What the person can do about it, as a sentence.</summary>
    public string NextStep { get; } = nextStep;
}
