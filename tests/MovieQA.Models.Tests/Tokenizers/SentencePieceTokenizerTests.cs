using FsCheck;
using FsCheck.Fluent;
using MovieQA.Models.Tokenizers;

namespace MovieQA.Models.Tests.Tokenizers;

public sealed class SentencePieceTokenizerTests
{
    [Test]
    public void Bpe_EqualScores_MergesTheLeftmostFirst()
    {
        var tokenizer = new SentencePieceTokenizer(Model(SentencePieceAlgorithm.BytePairEncoding, ("aa", -1), ("a", -2), ("▁", -3)));

        Assert.That(tokenizer.Encode("aaa").Select(tokenizer.PieceOf), Is.EqualTo((string[])["▁", "aa", "a"]));
    }

    [Test]
    public void Bpe_UnusedPiece_GoesBackToItsParts()
    {
        var model = Model(SentencePieceAlgorithm.BytePairEncoding, ("ab", -1), ("a", -2), ("b", -3), ("▁", -4));
        var pieces = model.Pieces.Select(p => p.Text == "ab" ? p with { Kind = SentencePieceKind.Unused } : p).ToList();
        var tokenizer = new SentencePieceTokenizer(model with { Pieces = pieces });

        Assert.That(tokenizer.Encode("ab").Select(tokenizer.PieceOf), Is.EqualTo((string[])["▁", "a", "b"]));
    }

    [Test]
    public void Bpe_UserDefinedPiece_IsTakenWhole()
    {
        var model = Model(SentencePieceAlgorithm.BytePairEncoding, ("ab", -1), ("a", -2), ("b", -3), ("c", -3), ("▁", -4), ("bc", 0));
        var pieces = model.Pieces.Select(p => p.Text == "bc" ? p with { Kind = SentencePieceKind.UserDefined } : p).ToList();
        var tokenizer = new SentencePieceTokenizer(model with { Pieces = pieces });

        Assert.That(tokenizer.Encode("abc").Select(tokenizer.PieceOf), Is.EqualTo((string[])["▁", "a", "bc"]));
    }

    [Test]
    public void Bpe_PieceOverAWordBorder_IsStillMade()
    {
        // "a▁b" as one piece: words may not be cut on their own then.
        var tokenizer = new SentencePieceTokenizer(Model(
            SentencePieceAlgorithm.BytePairEncoding, ("▁b", -1), ("a▁b", -2), ("a", -3), ("b", -4), ("▁", -5)));

        Assert.That(tokenizer.Encode("a b").Select(tokenizer.PieceOf), Is.EqualTo((string[])["▁", "a▁b"]));
    }

    [Test]
    public void Unigram_SeveralCuts_TakesTheMostProbable()
    {
        // "abc": a+bc = -1 + -2 beats ab+c = -2.5 + -1.
        var tokenizer = new SentencePieceTokenizer(Model(
            SentencePieceAlgorithm.Unigram, ("▁", -0.5f), ("a", -1), ("b", -5), ("c", -1), ("ab", -2.5f), ("bc", -2)));

        Assert.That(tokenizer.Encode("abc").Select(tokenizer.PieceOf), Is.EqualTo((string[])["▁", "a", "bc"]));
    }

    [Test]
    public void Unigram_UnknownCharacters_AreOneUnknownPiece()
    {
        var tokenizer = new SentencePieceTokenizer(Model(SentencePieceAlgorithm.Unigram, ("▁", -0.5f), ("a", -1)));

        Assert.That(tokenizer.Encode("axyza"), Is.EqualTo((int[])[3, 4, 0, 4]));
    }

    [Test]
    public void Encode_RemoveExtraWhitespaces_TrimsAndCollapses()
    {
        var model = Model(SentencePieceAlgorithm.BytePairEncoding, ("▁", -1), ("a", -2), ("b", -3)) with { RemoveExtraWhitespaces = true };
        var tokenizer = new SentencePieceTokenizer(model);

        Assert.That(tokenizer.Encode("  a   b ").Select(tokenizer.PieceOf), Is.EqualTo((string[])["▁", "a", "▁", "b"]));
    }

    [Test]
    public void Parse_TruncatedFile_SaysSo()
    {
        var bytes = SentencePieceModelFormat.Write(Model(SentencePieceAlgorithm.Unigram, ("a", -1)));

        Assert.That(() => SentencePieceModelFormat.Parse(bytes.AsSpan(0, bytes.Length - 3)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("ends inside"));
    }

    [Test]
    public void Parse_CharacterMap_IsRefusedByName()
    {
        byte[] file = [0x1A, 0x03, 0x12, 0x01, 0x41]; // normalizer_spec { precompiled_charsmap: "A" }

        Assert.That(() => SentencePieceModelFormat.Parse(file), Throws.TypeOf<InvalidDataException>().With.Message.Contains("precompiled_charsmap"));
    }

    [Test]
    public void Decode_BytesThatFormNoCharacter_AreReplacedOneByOne()
    {
        var tokenizer = new SentencePieceTokenizer(WithBytes());

        Assert.That(tokenizer.Decode([3 + 0xE2, 3 + 0x82, 3 + 'x', 3 + 0xE2, 3 + 0x82, 3 + 0xAC]), Is.EqualTo("\uFFFD\uFFFDx€"));
    }

    [Test]
    public void AnyText_EncodedAndDecoded_ComesBack()
    {
        var tokenizer = new SentencePieceTokenizer(WithBytes());
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll<NonNull<string>>(given =>
            {
                var text = string.Concat(given.Get.EnumerateRunes()).Replace('\u2581', ' ');
                return tokenizer.Decode(tokenizer.Encode(text)) == text;
            }));
    }

    [Test]
    public void LlamaTokenizer_MarksInText_BecomeTheirIds()
    {
        var tokenizer = new LlamaTokenizer(WithBytes(), LlamaTokenizerBehaviour.NonLegacy431);

        Assert.Multiple(() =>
        {
            Assert.That(tokenizer.Encode("</s>"), Is.EqualTo((int[])[2]));
            Assert.That(tokenizer.EncodeWithBegin(""), Is.EqualTo((int[])[1]));
            Assert.That(tokenizer.Encode("a</s><b").TakeLast(3), Is.EqualTo((int[])[2, 3 + '<', 3 + 'b']));
            Assert.That(tokenizer.Decode([1, 3 + 'h', 3 + 'i', 2], skipSpecial: true), Is.EqualTo("hi"));
        });
    }

    internal static SentencePieceModel WithBytes()
    {
        List<SentencePiece> pieces =
        [
            new("<unk>", 0, SentencePieceKind.Unknown), new("<s>", 0, SentencePieceKind.Control), new("</s>", 0, SentencePieceKind.Control),
            .. Enumerable.Range(0, 256).Select(b => new SentencePiece($"<0x{b:X2}>", 0, SentencePieceKind.Byte)),
            new("▁", -1, SentencePieceKind.Normal),
        ];
        return new SentencePieceModel(pieces, SentencePieceAlgorithm.BytePairEncoding, true, false, true, 0, 1, 2, -1);
    }

    private static SentencePieceModel Model(SentencePieceAlgorithm algorithm, params (string Text, float Score)[] normal) => new(
        [
            new("<unk>", 0, SentencePieceKind.Unknown), new("<s>", 0, SentencePieceKind.Control), new("</s>", 0, SentencePieceKind.Control),
            .. normal.Select(p => new SentencePiece(p.Text, p.Score, SentencePieceKind.Normal)),
        ],
        algorithm, AddDummyPrefix: true, RemoveExtraWhitespaces: false, ByteFallback: false, UnknownId: 0, BeginId: 1, EndId: 2, PadId: -1);
}
