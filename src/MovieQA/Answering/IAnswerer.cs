using MovieQA.Films;

namespace MovieQA.Answering;

/// <summary>Answers a question from a film's tokens: a prompt format and a language model. One family of models is one implementation.</summary>
public interface IAnswerer : IDisposable
{
    AnswererIdentity Identity { get; }

    /// <summary>The settings the model's authors evaluate with.</summary>
    GenerationOptions DefaultGeneration { get; }

    /// <exception cref="PromptTooLongException">Question, subtitles and tokens do not fit the model's context.</exception>
    Task<Answer> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken);
}

/// <param name="Name">For people: <c>llama-vid-7b</c>, or the folder's name.</param>
/// <param name="Id">Hash of the language model's weights, tokenizer, prompt template and dtype.</param>
public sealed record AnswererIdentity(string Name, ContentHash Id, bool IsTrained);

/// <param name="Tokens">Null asks without any picture (the <c>no-visual</c> arm): no image placeholder stands in the prompt.</param>
/// <param name="Subtitles">Empty for none; otherwise placed by the model's own rule (LLaMA-VID: after the frame they end in).</param>
public sealed record AnswerRequest(string Question, FilmTokens? Tokens, IReadOnlyList<SubtitleCue> Subtitles, GenerationOptions Generation);

/// <param name="PromptTokens">Length of the prompt after visual tokens took their places.</param>
/// <param name="Prefill">Time to the first token's logits.</param>
/// <param name="Decode">Time of all further tokens.</param>
public sealed record Answer(string Text, int PromptTokens, int GeneratedTokens, AnswerEnd End, TimeSpan Prefill, TimeSpan Decode);

public enum AnswerEnd
{
    /// <summary>The model ended its answer (end token or stop string).</summary>
    Stopped,

    /// <summary><see cref="GenerationOptions.MaxNewTokens"/> was reached.</summary>
    LengthLimit,
}

public sealed class PromptTooLongException(int promptTokens, int limit)
    : Exception($"the prompt has {promptTokens} tokens, the model takes {limit}. Use fewer frames (for example --plan uniform:64) or a long-video model.");
