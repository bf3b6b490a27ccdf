using System.Runtime.InteropServices;
using System.Text;

namespace MovieQA.Models.Tokenizers;

/// <summary>
/// Byte-pair merging by score (sentencepiece <c>bpe_model.cc</c>): the best-scored neighbouring pair that is a piece is merged, leftmost first
/// among equals, until none is left. Where no piece runs over a border "anything, then space mark", the text falls into words that cannot
/// influence each other; words are remembered, so that text costs one look-up a word.
/// </summary>
internal sealed class SentencePieceBpe : SentencePieceTokenizer.ISegmenter
{
    private const int RememberedWords = 1 << 16;
    private const int LongestRememberedWord = 64;

    private readonly SentencePieceModel model;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> pieces;
    private readonly Dictionary<string, (int Start, int Length, int Id)[]> words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Start, int Length, int Id)[]>.AlternateLookup<ReadOnlySpan<char>> wordsBySpan;
    private readonly Lock wordsLock = new();
    private readonly string[] userDefined;
    private readonly bool wordsAreIndependent;

    public SentencePieceBpe(SentencePieceModel model, Dictionary<string, int> pieces)
    {
        this.model = model;
        this.pieces = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        wordsBySpan = words.GetAlternateLookup<ReadOnlySpan<char>>();
        userDefined = [.. model.Pieces.Where(p => p.Kind == SentencePieceKind.UserDefined).Select(p => p.Text).OrderByDescending(t => t.Length)];
        wordsAreIndependent = userDefined.Length == 0 && !pieces.Keys.Any(RunsOverAWordBorder);
    }

    public void Segment(string text, List<(int Start, int Length, int Id)> output)
    {
        if (!wordsAreIndependent)
        {
            Merge(text, 0, output);
            return;
        }

        for (var start = 0; start < text.Length;)
        {
            var end = start + 1;
            while (end < text.Length && !(text[end] == SentencePieceModel.Space && text[end - 1] != SentencePieceModel.Space))
            {
                end++;
            }

            SegmentWord(text, start, end - start, output);
            start = end;
        }
    }

    private static bool RunsOverAWordBorder(string piece)
    {
        for (var i = 1; i < piece.Length; i++)
        {
            if (piece[i] == SentencePieceModel.Space && piece[i - 1] != SentencePieceModel.Space)
            {
                return true;
            }
        }

        return false;
    }

    private void SegmentWord(string text, int start, int length, List<(int Start, int Length, int Id)> output)
    {
        var word = text.AsSpan(start, length);
        (int Start, int Length, int Id)[]? known = null;
        if (length <= LongestRememberedWord)
        {
            lock (wordsLock)
            {
                wordsBySpan.TryGetValue(word, out known);
            }
        }

        if (known is null)
        {
            var made = new List<(int Start, int Length, int Id)>();
            Merge(word, 0, made);
            known = [.. made];
            if (length <= LongestRememberedWord)
            {
                lock (wordsLock)
                {
                    if (words.Count >= RememberedWords)
                    {
                        words.Clear();
                    }

                    words[word.ToString()] = known;
                }
            }
        }

        foreach (var (at, size, id) in known)
        {
            output.Add((start + at, size, id));
        }
    }

    private void Merge(ReadOnlySpan<char> text, int offset, List<(int Start, int Length, int Id)> output)
    {
        var symbols = Split(text);
        var span = CollectionsMarshal.AsSpan(symbols);
        var agenda = new PriorityQueue<(int Left, int Right, int Length), (float Score, int Left)>(BestScoreThenLeftmost.Instance);
        Dictionary<string, (string Left, string Right)>? unusedMerges = null;
        for (var i = 1; i < span.Length; i++)
        {
            Consider(text, span, i - 1, i, agenda, ref unusedMerges);
        }

        while (agenda.TryDequeue(out var pair, out _))
        {
            ref var left = ref span[pair.Left];
            ref var right = ref span[pair.Right];
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
            {
                // One of the two was merged with another neighbour meanwhile.
                continue;
            }

            left.Length = pair.Length;
            left.Next = right.Next;
            right.Length = 0;
            if (left.Next >= 0)
            {
                span[left.Next].Previous = pair.Left;
                Consider(text, span, pair.Left, left.Next, agenda, ref unusedMerges);
            }

            if (left.Previous >= 0)
            {
                Consider(text, span, left.Previous, pair.Left, agenda, ref unusedMerges);
            }
        }

        for (var i = 0; i >= 0 && i < span.Length; i = span[i].Next)
        {
            Emit(text, offset, span[i].Start, span[i].Length, unusedMerges, output);
        }
    }

    /// <summary>Characters (whole code points), and user-defined pieces as they stand.</summary>
    private List<Symbol> Split(ReadOnlySpan<char> text)
    {
        var symbols = new List<Symbol>(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var fixedLength = 0;
            foreach (var piece in userDefined)
            {
                if (text[at..].StartsWith(piece, StringComparison.Ordinal))
                {
                    fixedLength = piece.Length;
                    break;
                }
            }

            var length = fixedLength;
            if (length == 0)
            {
                Rune.DecodeFromUtf16(text[at..], out _, out length);
            }

            symbols.Add(new Symbol { Start = at, Length = length, Previous = symbols.Count - 1, Next = symbols.Count + 1, Frozen = fixedLength > 0 });
            at += length;
        }

        if (symbols.Count > 0)
        {
            CollectionsMarshal.AsSpan(symbols)[^1].Next = -1;
        }

        return symbols;
    }

    private void Consider(
        ReadOnlySpan<char> text,
        Span<Symbol> symbols,
        int left,
        int right,
        PriorityQueue<(int Left, int Right, int Length), (float Score, int Left)> agenda,
        ref Dictionary<string, (string Left, string Right)>? unusedMerges)
    {
        if (symbols[left].Frozen || symbols[right].Frozen)
        {
            return;
        }

        var length = symbols[left].Length + symbols[right].Length;
        var merged = text.Slice(symbols[left].Start, length);
        if (!pieces.TryGetValue(merged, out var id))
        {
            return;
        }

        agenda.Enqueue((left, right, length), (model.Pieces[id].Score, left));
        if (model.Pieces[id].Kind == SentencePieceKind.Unused)
        {
            unusedMerges ??= new(StringComparer.Ordinal);
            unusedMerges[merged.ToString()] = (
                text.Slice(symbols[left].Start, symbols[left].Length).ToString(), text.Slice(symbols[right].Start, symbols[right].Length).ToString());
        }
    }

    private void Emit(
        ReadOnlySpan<char> text,
        int offset,
        int start,
        int length,
        Dictionary<string, (string Left, string Right)>? unusedMerges,
        List<(int Start, int Length, int Id)> output)
    {
        var piece = text.Slice(start, length);
        var known = pieces.TryGetValue(piece, out var id);
        if (known && model.Pieces[id].Kind == SentencePieceKind.Unused && unusedMerges is not null
            && unusedMerges.TryGetValue(piece.ToString(), out var parts))
        {
            // An unused piece goes back to the two it was merged from.
            Emit(text, offset, start, parts.Left.Length, unusedMerges, output);
            Emit(text, offset, start + parts.Left.Length, parts.Right.Length, unusedMerges, output);
            return;
        }

        output.Add((offset + start, length, known ? id : model.UnknownId));
    }

    private struct Symbol
    {
        public int Start;
        public int Length;
        public int Previous;
        public int Next;
        public bool Frozen;
    }

    private sealed class BestScoreThenLeftmost : IComparer<(float Score, int Left)>
    {
        public static readonly BestScoreThenLeftmost Instance = new();

        public int Compare((float Score, int Left) x, (float Score, int Left) y)
        {
            var byScore = y.Score.CompareTo(x.Score);
            return byScore != 0 ? byScore : x.Left.CompareTo(y.Left);
        }
    }
}
