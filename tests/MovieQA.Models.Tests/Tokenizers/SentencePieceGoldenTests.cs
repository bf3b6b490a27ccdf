using System.Text;
using System.Text.Json;
using MovieQA.Models.LlamaVid.Prompts;
using MovieQA.Models.Tests.Golden;
using MovieQA.Models.Tokenizers;

namespace MovieQA.Models.Tests.Tokenizers;

/// <summary>Ids and texts of the original tokenizers. The LLaMA model file is under Meta's licence and not in the repository: its tests say so and skip.</summary>
[Category("Parity")]
public sealed class SentencePieceGoldenTests
{
    private static readonly Dictionary<string, LlamaTokenizerBehaviour> Versions = new(StringComparer.Ordinal)
    {
        ["v4.28.1_legacy"] = LlamaTokenizerBehaviour.Legacy,
        ["v4.31.0_legacy"] = LlamaTokenizerBehaviour.Legacy,
        ["v4.31.0_non_legacy"] = LlamaTokenizerBehaviour.NonLegacy431,
        ["v4.39.2_legacy"] = LlamaTokenizerBehaviour.Legacy439,
        ["v4.39.2_non_legacy"] = LlamaTokenizerBehaviour.NonLegacy439,
    };

    [Test]
    public void TinyModel_EveryCase_GivesTheOriginalIdsPiecesAndText()
    {
        var tokenizer = new SentencePieceTokenizer(SentencePieceModelFormat.Load(GoldenText.File("tiny_spm/tokenizer.model")));
        var cases = 0;
        foreach (var row in GoldenText.Rows("tiny_spm/cases.json"))
        {
            var ids = tokenizer.Encode(row.GetProperty("text").GetString()!);
            Assert.Multiple(() =>
            {
                Assert.That(ids, Is.EqualTo(row.Ints("ids")), row.GetRawText());
                Assert.That(ids.Select(tokenizer.PieceOf), Is.EqualTo(row.GetProperty("pieces").EnumerateArray().Select(p => p.GetString())));
                Assert.That(tokenizer.Decode(ids), Is.EqualTo(row.GetProperty("decoded").GetString()));
            });
            cases++;
        }

        Assert.That(cases, Is.GreaterThan(20));
    }

    [Test]
    public void LlamaModel_PlainSentencePiece_GivesTheOriginalIdsAndTexts()
    {
        var tokenizer = new SentencePieceTokenizer(LlamaModel());
        foreach (var row in GoldenText.Rows("tokenizers/llama_sentencepiece.json"))
        {
            var ids = tokenizer.Encode(row.GetProperty("text").GetString()!);
            Assert.That(ids, Is.EqualTo(row.Ints("ids")), row.GetRawText());
            Assert.That(tokenizer.Decode(ids), Is.EqualTo(row.GetProperty("decoded").GetString()), row.GetRawText());
        }

        foreach (var row in GoldenText.Rows("tokenizers/llama_cpp_llama_spm.json"))
        {
            Assert.That(tokenizer.Encode(row.GetProperty("text").GetString()!), Is.EqualTo(row.Ints("reference_ids")), row.GetRawText());
        }
    }

    [Test]
    public void LlamaTokenizer_EveryVersion_GivesItsIds()
    {
        var tokenizers = Tokenizers();
        var compared = 0;
        foreach (var row in GoldenText.Rows("tokenizers/llama_hf_encode.json"))
        {
            foreach (var result in row.GetProperty("results").EnumerateArray())
            {
                foreach (var version in result.GetProperty("versions").EnumerateArray())
                {
                    var tokenizer = tokenizers[version.GetString()!];
                    var text = row.GetProperty("text").GetString()!;
                    Assert.That(tokenizer.Encode(text), Is.EqualTo(result.Ints("ids")), $"{version}: {text}");
                    Assert.That(tokenizer.EncodeWithBegin(text), Is.EqualTo(result.Ints("ids_bos")), $"{version}: {text}");
                    compared++;
                }
            }
        }

        TestContext.Out.WriteLine($"{compared} encodings equal");
        Assert.That(compared, Is.GreaterThan(100));
    }

    [Test]
    public void LlamaTokenizer_EveryVersion_GivesItsText()
    {
        var tokenizers = Tokenizers();
        var compared = 0;
        foreach (var row in GoldenText.Rows("tokenizers/llama_hf_decode.json"))
        {
            foreach (var result in row.GetProperty("results").EnumerateArray())
            {
                foreach (var version in result.GetProperty("versions").EnumerateArray())
                {
                    var tokenizer = tokenizers[version.GetString()!];
                    var ids = result.Ints("ids");
                    Assert.That(tokenizer.Decode(ids, skipSpecial: false), Is.EqualTo(result.GetProperty("decoded").GetString()), $"{version}: {row}");
                    Assert.That(
                        tokenizer.Decode(ids, skipSpecial: true), Is.EqualTo(result.GetProperty("decoded_skip_special").GetString()), $"{version}: {row}");
                    compared++;
                }
            }
        }

        TestContext.Out.WriteLine($"{compared} decodings equal");
        Assert.That(compared, Is.GreaterThan(100));
    }

    [Test]
    public void LlamaTokenizer_ImagePlaceholders_AreCutStretchByStretch()
    {
        var tokenizers = Tokenizers();
        foreach (var row in GoldenText.Rows("tokenizers/llava_image_tokens.json"))
        {
            var text = row.GetProperty("text").GetString()!;
            Assert.That(ImagePlaceholder.Encode(tokenizers["v4.31.0_legacy"], text), Is.EqualTo(row.Ints("legacy")), text);
            Assert.That(ImagePlaceholder.Encode(tokenizers["v4.31.0_non_legacy"], text), Is.EqualTo(row.Ints("non_legacy")), text);
        }
    }

    [Test]
    public void LlamaModel_KnownFacts_Hold()
    {
        var tokenizer = new SentencePieceTokenizer(LlamaModel());
        Assert.Multiple(() =>
        {
            Assert.That(tokenizer.Count, Is.EqualTo(32000));
            Assert.That(tokenizer.IdOf("$$"), Is.EqualTo(3997));
            Assert.That(tokenizer.PieceOf(835), Is.EqualTo("▁###"));
            Assert.That(tokenizer.Encode("###"), Is.EqualTo((int[])[835]));
            Assert.That(tokenizer.Encode("x###"), Is.EqualTo((int[])[921, 2277, 29937]));
            Assert.That(tokenizer.Model.PadId, Is.EqualTo(-1));
        });
    }

    [Test]
    public void LlamaModel_WrittenAndReadAgain_CutsTheSame()
    {
        var model = LlamaModel();
        var again = new SentencePieceTokenizer(SentencePieceModelFormat.Parse(SentencePieceModelFormat.Write(model)));
        var before = new SentencePieceTokenizer(model);
        foreach (var row in GoldenText.Rows("tokenizers/llama_sentencepiece.json"))
        {
            var text = row.GetProperty("text").GetString()!;
            Assert.That(again.Encode(text), Is.EqualTo(before.Encode(text)));
        }
    }

    internal static SentencePieceModel LlamaModel()
    {
        const string Path = "tokenizers/llama_tokenizer.model";
        if (!GoldenText.Exists(Path))
        {
            Assert.Ignore($"{Path} is not here: Meta's LLaMA tokenizer is under its own licence and not part of the repository; set MOVIEQA_GOLDEN to a set that has it.");
        }

        return SentencePieceModelFormat.Load(GoldenText.File(Path));
    }

    private static Dictionary<string, LlamaTokenizer> Tokenizers()
    {
        var model = LlamaModel();
        return Versions.ToDictionary(v => v.Key, v => new LlamaTokenizer(model, v.Value));
    }
}
