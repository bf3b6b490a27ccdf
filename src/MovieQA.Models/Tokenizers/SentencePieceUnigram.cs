using System.Text;

namespace MovieQA.Models.Tokenizers;

/// <summary>
/// The most probable cut under a unigram model (sentencepiece <c>unigram_model.cc::EncodeOptimized</c>): the best sum of scores over all ways to
/// cover the text with pieces; a character that no piece covers costs the smallest score minus 10.
/// </summary>
internal sealed class SentencePieceUnigram : SentencePieceTokenizer.ISegmenter
{
    private const float UnknownPenalty = 10;
    private const float UserDefinedBonus = 0.1f;

    private readonly SentencePieceModel model;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> pieces;
    private readonly int longestPiece;
    private readonly float unknownScore;
    private readonly float largestScore;

    public SentencePieceUnigram(SentencePieceModel model, Dictionary<string, int> pieces)
    {
        this.model = model;
        this.pieces = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        longestPiece = pieces.Keys.Select(p => p.Length).DefaultIfEmpty(1).Max();
        var scores = model.Pieces.Where(p => p.Kind == SentencePieceKind.Normal).Select(p => p.Score).DefaultIfEmpty(0).ToList();
        unknownScore = scores.Min() - UnknownPenalty;
        largestScore = scores.Max();
    }

    public void Segment(string text, List<(int Start, int Length, int Id)> output)
    {
        var best = new Node[text.Length + 1];
        for (var i = 1; i < best.Length; i++)
        {
            best[i].From = -1;
        }

        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(at), out _, out var character);
            var coversCharacter = false;
            for (var length = 1; length <= longestPiece && at + length <= text.Length; length++)
            {
                if (!pieces.TryGetValue(text.AsSpan(at, length), out var id) || model.Pieces[id].Kind == SentencePieceKind.Unused)
                {
                    continue;
                }

                // A user-defined piece beats every other cover of the same text.
                var score = model.Pieces[id].Kind == SentencePieceKind.UserDefined
                    ? (Encoding.UTF8.GetByteCount(text.AsSpan(at, length)) * largestScore) - UserDefinedBonus
                    : model.Pieces[id].Score;
                Relax(best, at, length, id, best[at].Score + score);
                coversCharacter |= length == character;
            }

            if (!coversCharacter)
            {
                Relax(best, at, character, model.UnknownId, best[at].Score + unknownScore);
            }

            at += character;
        }

        var backwards = new Stack<(int Start, int Length, int Id)>();
        for (var end = text.Length; end > 0; end = best[end].From)
        {
            backwards.Push((best[end].From, end - best[end].From, best[end].Id));
        }

        output.AddRange(backwards);
    }

    private static void Relax(Node[] best, int from, int length, int id, float score)
    {
        ref var node = ref best[from + length];
        if (node.From == -1 || score > node.Score)
        {
            node = new Node { From = from, Id = id, Score = score };
        }
    }

    private struct Node
    {
        public int From;
        public int Id;
        public float Score;
    }
}
