namespace MovieQA.Answering;

/// <summary>How an answer is drawn. Order of the steps as in transformers 4.31: repetition penalty, temperature, top-k, top-p.</summary>
/// <param name="Temperature">0 is greedy: the most probable token each time.</param>
/// <param name="TopP">1 switches the step off.</param>
/// <param name="TopK">0 switches the step off.</param>
/// <param name="RepetitionPenalty">1 switches the step off.</param>
/// <param name="MaxNewTokens">At least 1.</param>
/// <param name="StopStrings">Generation ends when the answer contains one; it is cut there.</param>
/// <param name="Seed">Feeds the draw; the same seed, weights, dtype and device give the same answer.</param>
public sealed record GenerationOptions(
    double Temperature,
    double TopP,
    int TopK,
    double RepetitionPenalty,
    int MaxNewTokens,
    IReadOnlyList<string> StopStrings,
    long Seed)
{
    public static GenerationOptions Greedy(int maxNewTokens) => new(0, 1, 0, 1, maxNewTokens, [], 0);
}
