using MovieQA.Answering;
using MovieQA.Films;
using MovieQA.Frames;
using MovieQA.Tokens;

namespace MovieQA.Pipeline;

/// <summary>Answers one question about one film, making the tokens it needs first where they are not stored.</summary>
public sealed class AskFilm(ITokenStore store, IndexFilm index, IAnswerer answerer, TimeProvider time)
{
    /// <exception cref="FilmUnreadableException">The film gave no frame.</exception>
    /// <exception cref="PromptTooLongException">Question, subtitles and tokens do not fit the model's context.</exception>
    /// <exception cref="StoreUnavailableException">Tokens had to be made and the store takes nothing now.</exception>
    public async Task<AskResult> RunAsync(AskRequest request, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var clock = new StageClock(time);
        var toIndex = new IndexRequest(request.Film, request.Plan, [request.Question]);
        var indexed = await index.RunAsync(toIndex, clock, progress, cancellationToken).ConfigureAwait(false);
        var servedFrom = indexed.DidNothing ? ServedFrom.StoredContextTokens : ServedFrom.TokensMadeNow;
        FilmTokens tokens;
        try
        {
            tokens = await LoadAsync(indexed, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptChunkException corrupt)
        {
            // Found on the way: the one chunk is made again and the question answered all the same.
            store.DeleteChunk(corrupt.Key, corrupt.Index);
            indexed = await index.RunAsync(toIndex, clock, progress, cancellationToken).ConfigureAwait(false);
            servedFrom = ServedFrom.TokensMadeNow;
            tokens = await LoadAsync(indexed, clock, cancellationToken).ConfigureAwait(false);
        }

        Answer answer;
        using (clock.Spend(Stage.Answer))
        {
            var generation = request.Generation ?? answerer.DefaultGeneration;
            answer = await answerer
                .AnswerAsync(new AnswerRequest(request.Question, tokens, request.Subtitles, generation), cancellationToken)
                .ConfigureAwait(false);
        }

        progress?.Report(new StageProgress(request.Film.Name, Stage.Answer, 1, 1));
        return new AskResult(answer, servedFrom, indexed, indexed.IsTrained && answerer.Identity.IsTrained, clock.Read());
    }

    private async Task<FilmTokens> LoadAsync(IndexResult indexed, StageClock clock, CancellationToken cancellationToken)
    {
        using var spent = clock.Spend(Stage.Store);
        return await Task.Run(() => FilmTokens.Load(store, indexed.ContentKey, indexed.ContextKeys[0]), cancellationToken).ConfigureAwait(false);
    }
}

/// <param name="Generation">Null for the settings the model's authors evaluate with.</param>
public sealed record AskRequest(
    Film Film, FramePlan Plan, string Question, IReadOnlyList<SubtitleCue> Subtitles, GenerationOptions? Generation = null);

/// <param name="Index">What was found stored and what had to be made.</param>
/// <param name="IsTrained">False when any of the weights were random: the answer is shown as untrained.</param>
/// <param name="Times">Of the whole question, indexing included.</param>
public sealed record AskResult(Answer Answer, ServedFrom ServedFrom, IndexResult Index, bool IsTrained, StageTimes Times);

/// <summary>Which cache tier an answer came from.</summary>
public enum ServedFrom
{
    /// <summary>Content and context tokens were stored: no frame was decoded.</summary>
    StoredContextTokens,

    /// <summary>Frames were decoded and encoded for this question.</summary>
    TokensMadeNow,
}
