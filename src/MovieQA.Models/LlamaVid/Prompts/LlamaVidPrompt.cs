using MovieQA.Answering;

namespace MovieQA.Models.LlamaVid.Prompts;

/// <summary>The text LLaMA-VID is asked with: <c>vicuna_v1</c> around a question, a short video or a whole film with its subtitles.</summary>
/// <param name="Text">With <see cref="ImagePlaceholder.Text"/> where visual tokens go.</param>
/// <param name="TokensPerPlaceholder">How many visual tokens one mark stands for: all of them (short), one (long video), none (no picture).</param>
public sealed record LlamaVidPrompt(string Text, int TokensPerPlaceholder)
{
    /// <summary>
    /// A hash of this goes into the answerer's identity: raise it when any wording here changes.
    /// </summary>
    public const string Version = "vicuna_v1;long=run_llamavid_movie;1";

    private const string FilmBegins = "Below is a movie. Memorize the content and answer my question after watching this movie.";
    private const string FilmEnds = "Now the movie end.";

    /// <param name="longVideo">
    /// The model is LLaMA-VID's long-video one, which was trained with a mark per token and the words around it; a film with subtitles is asked that
    /// way with any model, since the short form has no place for them.
    /// </param>
    public static LlamaVidPrompt Create(AnswerRequest request, bool longVideo)
    {
        ArgumentNullException.ThrowIfNull(request);
        var question = ImagePlaceholder.RemoveFrom(request.Question);
        if (request.Subtitles.Count > 0 || (longVideo && request.Tokens is not null))
        {
            return new LlamaVidPrompt(FormatFilm(Inputs(request), question), request.Tokens is null ? 0 : 1);
        }

        return request.Tokens is { } tokens
            ? new LlamaVidPrompt(ConversationTemplate.VicunaV1.Format($"{ImagePlaceholder.Text}\n{question}"), tokens.FrameCount * tokens.Shape.TokensPerFrame)
            : new LlamaVidPrompt(ConversationTemplate.VicunaV1.Format(question), 0);
    }

    /// <summary><c>llamavid/serve/run_llamavid_movie.py</c>: the film's marks and subtitles between two sentences, then the question.</summary>
    public static string FormatFilm(string inputs, string question) =>
        ConversationTemplate.VicunaV1.Format($"{FilmBegins}{inputs}{FilmEnds}\n{question}");

    private static string Inputs(AnswerRequest request) => request.Tokens is { } tokens
        ? SubtitlePlacement.Interleave(SubtitlePlacement.ByFrame(tokens.Timestamps, request.Subtitles), tokens.Shape.TokensPerFrame)
        : string.Join(' ', request.Subtitles.Select(cue => ImagePlaceholder.RemoveFrom(cue.Text).ReplaceLineEndings(" ")));
}
