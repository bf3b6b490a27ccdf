using System.Text.Json;
using MovieQA.Films;
using MovieQA.Models.Llama;
using MovieQA.Models.LlamaVid.Prompts;
using MovieQA.Models.Tests.Golden;
using MovieQA.Models.Tests.Tokenizers;
using MovieQA.Models.Tokenizers;

namespace MovieQA.Models.Tests.Prompts;

[Category("Parity")]
public sealed class PromptGoldenTests
{
    [Test]
    public void Templates_EveryRecordedConversation_GivesTheOriginalText()
    {
        var compared = 0;
        foreach (var row in Rows())
        {
            if (row.TryGetProperty("error", out _))
            {
                // The recorded rows without turns all have an answer in them.
                var template = ConversationTemplate.All.Single(t => t.Name == row.GetProperty("template").GetString());
                Assert.That(() => template.Format([new ConversationTurn("q", "a")]), Throws.InvalidOperationException, row.GetRawText());
            }
            else
            {
                Assert.That(Format(row), Is.EqualTo(row.GetProperty("prompt").GetString()));
            }

            compared++;
        }

        TestContext.Out.WriteLine($"{compared} prompts equal");
        Assert.That(compared, Is.GreaterThan(15));
    }

    [Test]
    public void Templates_EveryRecordedConversation_GivesTheOriginalIds()
    {
        var model = SentencePieceGoldenTests.LlamaModel();
        var legacy = new LlamaTokenizer(model, LlamaTokenizerBehaviour.Legacy);
        var nonLegacy = new LlamaTokenizer(model, LlamaTokenizerBehaviour.NonLegacy431);
        foreach (var row in Rows().Where(r => r.TryGetProperty("ids", out _)))
        {
            var prompt = row.GetProperty("prompt").GetString()!;
            Assert.That(ImagePlaceholder.Encode(legacy, prompt), Is.EqualTo(row.GetProperty("ids").Ints("legacy")), prompt);
            Assert.That(ImagePlaceholder.Encode(nonLegacy, prompt), Is.EqualTo(row.GetProperty("ids").Ints("non_legacy")), prompt);
        }
    }

    [Test]
    public void SubtitlePlacement_RecordedFilms_GivesTheOriginalInputs()
    {
        foreach (var row in GoldenText.Rows("frame_sampling/llamavid_subtitle_alignment.json"))
        {
            TimeSpan[] frames = [.. row.GetProperty("frame_time").EnumerateArray().Select(t => TimeSpan.FromSeconds(t.GetDouble()))];
            SubtitleCue[] cues = [.. row.GetProperty("subtitles").EnumerateArray().Select(s => new SubtitleCue(
                TimeSpan.FromSeconds(s.GetProperty("start_time").GetDouble()),
                TimeSpan.FromSeconds(s.GetProperty("end_time").GetDouble()),
                s.GetProperty("text").GetString()!))];

            Assert.That(SubtitlePlacement.Interleave(SubtitlePlacement.ByFrame(frames, cues), 1), Is.EqualTo(row.GetProperty("inputs").GetString()));
        }
    }

    [Test]
    public void StopCondition_RecordedSequences_StopsWhereTheOriginalDoes()
    {
        foreach (var row in GoldenText.Rows("prompts/stop_criteria.json").Where(r => r.GetProperty("criterion").GetString() == "token_suffix"))
        {
            var stops = row.GetProperty("stops").EnumerateArray().Select(s => s.EnumerateArray().Select(v => v.GetInt32()).ToArray());
            Assert.That(stops.Any(s => StopCondition.EndsWith(row.Ints("ids"), s)), Is.EqualTo(row.GetProperty("stop").GetBoolean()), row.GetRawText());
        }

        var tokenizer = new LlamaTokenizer(SentencePieceGoldenTests.LlamaModel(), LlamaTokenizerBehaviour.NonLegacy431);
        foreach (var row in GoldenText.Rows("prompts/stop_criteria.json").Where(r => r.GetProperty("criterion").GetString() == "keywords"))
        {
            var condition = new StopCondition(tokenizer, [.. row.GetProperty("keywords").EnumerateArray().Select(k => k.GetString()!)]);
            var ids = row.Ints("new_ids");
            var stopped = Enumerable.Range(1, ids.Length).Select(n => condition.IsReached(ids[..n]));
            Assert.That(stopped, Is.EqualTo(row.GetProperty("stop_after").EnumerateArray().Select(s => s.GetBoolean())), row.GetRawText());
        }
    }

    private static IEnumerable<JsonElement> Rows() => GoldenText.Rows("prompts/llamavid.json");

    private static string Format(JsonElement row)
    {
        if (row.GetProperty("kind").GetString() == "long_video")
        {
            // Recorded with one mark a frame; asked with two.
            var inputs = row.GetProperty("inputs").GetString()!.Replace("<image>", "<image><image>", StringComparison.Ordinal);
            return LlamaVidPrompt.FormatFilm(inputs, row.GetProperty("question").GetString()!);
        }

        var template = ConversationTemplate.All.Single(t => t.Name == row.GetProperty("template").GetString());
        return template.Format([.. row.GetProperty("turns").EnumerateArray().Select(t => new ConversationTurn(t[0].GetString()!, t[1].GetString()))]);
    }
}
