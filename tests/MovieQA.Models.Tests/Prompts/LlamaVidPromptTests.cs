using MovieQA.Answering;
using MovieQA.Films;
using MovieQA.Models.LlamaVid.Prompts;
using MovieQA.Tokens;

namespace MovieQA.Models.Tests.Prompts;

public sealed class LlamaVidPromptTests
{
    private const string System =
        "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.";

    private static readonly SubtitleCue Cue = new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.8), "Hello\nthere");

    [Test]
    public void Create_ShortVideo_PutsOneMarkForAllTokens()
    {
        var prompt = LlamaVidPrompt.Create(Request("Who?", frames: 3), longVideo: false);

        Assert.That(prompt.Text, Is.EqualTo($"{System} USER: <image>\nWho? ASSISTANT:"));
        Assert.That(prompt.TokensPerPlaceholder, Is.EqualTo(6));
    }

    [Test]
    public void Create_Subtitles_WrapsTheFilmAndPutsThemBehindTheirFrames()
    {
        var prompt = LlamaVidPrompt.Create(Request("Who?", frames: 2, Cue), longVideo: false);

        Assert.That(prompt.Text, Is.EqualTo(
            $"{System} USER: Below is a movie. Memorize the content and answer my question after watching this movie."
            + "<image><image>Hello there<image><image>Now the movie end.\nWho? ASSISTANT:"));
        Assert.That(prompt.TokensPerPlaceholder, Is.EqualTo(1));
    }

    [Test]
    public void Create_LongVideoModelWithoutSubtitles_WrapsTheFilmAllTheSame()
    {
        var prompt = LlamaVidPrompt.Create(Request("Who?", frames: 1), longVideo: true);

        Assert.That(prompt.Text, Does.Contain("watching this movie.<image><image>Now the movie end."));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Create_NoVisualArm_HasNoMarkAtAll(bool longVideo)
    {
        var prompt = LlamaVidPrompt.Create(Request("Who?", frames: 0), longVideo);

        Assert.That(prompt.Text, Is.EqualTo($"{System} USER: Who? ASSISTANT:"));
        Assert.That(prompt.TokensPerPlaceholder, Is.Zero);
    }

    [Test]
    public void Create_QuestionWithAMark_LosesIt()
    {
        var prompt = LlamaVidPrompt.Create(Request("Is <image> a word?", frames: 1), longVideo: false);

        Assert.That(prompt.Text, Does.Contain("USER: <image>\nIs  a word?"));
    }

    [Test]
    public void ByFrame_SubtitleThatEndsBeforeTheFirstFrame_LandsBehindTheLastAsUpstream()
    {
        TimeSpan[] frames = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

        Assert.That(SubtitlePlacement.ByFrame(frames, [Cue]), Is.EqualTo((string[])["", "Hello there"]));
    }

    private static AnswerRequest Request(string question, int frames, params SubtitleCue[] subtitles) => new(
        question,
        frames == 0
            ? null
            : new FilmTokens(new TokenShape(2, 4), TokenDtype.Float16, [.. Enumerable.Range(0, frames).Select(i => TimeSpan.FromSeconds(i))], new byte[frames * 16]),
        subtitles,
        GenerationOptions.Greedy(8));
}
