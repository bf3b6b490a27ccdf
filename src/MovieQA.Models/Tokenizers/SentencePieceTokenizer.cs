using System.Globalization;
using System.Text;

namespace MovieQA.Models.Tokenizers;

/// <summary>
/// Cuts a text into pieces and joins pieces into text as google/sentencepiece 0.1.97 does, ids for ids. Knows nothing of <c>&lt;s&gt;</c> in a
/// text (that is ordinary text here); <see cref="LlamaTokenizer"/> adds what transformers does around it.
/// </summary>
public sealed class SentencePieceTokenizer
{
    private readonly SentencePieceModel model;
    private readonly Dictionary<string, int> reserved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> pieces = new(StringComparer.Ordinal);
    private readonly int[] byteIds = new int[256];
    private readonly sbyte[] isByte;
    private readonly byte[] byteValues;
    private readonly ISegmenter segmenter;
    private readonly bool addDummyPrefix;

    /// <param name="addDummyPrefix">Overrides the model's setting (transformers from 4.39 on switches it off for its non-legacy tokenizer).</param>
    /// <exception cref="InvalidDataException">Byte fallback is on and a byte has no piece, or a piece stands twice.</exception>
    public SentencePieceTokenizer(SentencePieceModel model, bool? addDummyPrefix = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.model = model;
        this.addDummyPrefix = addDummyPrefix ?? model.AddDummyPrefix;
        isByte = new sbyte[model.Pieces.Count];
        byteValues = new byte[model.Pieces.Count];
        Array.Fill(byteIds, -1);
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            var piece = model.Pieces[id];
            var table = piece.Kind is SentencePieceKind.Normal or SentencePieceKind.UserDefined or SentencePieceKind.Unused ? pieces : reserved;
            if (!table.TryAdd(piece.Text, id))
            {
                throw new InvalidDataException($"piece '{piece.Text}' stands twice in the SentencePiece model");
            }

            if (piece.Kind == SentencePieceKind.Byte)
            {
                // "<0x0A>"
                var value = byte.Parse(piece.Text.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                byteIds[value] = id;
                byteValues[id] = value;
                isByte[id] = 1;
            }
        }

        if (model.ByteFallback && Array.IndexOf(byteIds, -1) is >= 0 and var missing)
        {
            throw new InvalidDataException($"the SentencePiece model falls back to bytes but has no piece <0x{missing:X2}>");
        }

        segmenter = model.Algorithm == SentencePieceAlgorithm.BytePairEncoding
            ? new SentencePieceBpe(model, pieces)
            : new SentencePieceUnigram(model, pieces);
    }

    /// <summary>Cuts normalised text (spaces already marked) into known pieces and single unknown characters, given out as spans in order.</summary>
    internal interface ISegmenter
    {
        void Segment(string text, List<(int Start, int Length, int Id)> output);
    }

    public int Count => model.Pieces.Count;

    public SentencePieceModel Model => model;

    /// <summary>The id of a piece, or the unknown id.</summary>
    public int IdOf(string piece) => reserved.TryGetValue(piece, out var id) || pieces.TryGetValue(piece, out id) ? id : model.UnknownId;

    public string PieceOf(int id) => model.Pieces[id].Text;

    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var normalised = Normalise(text);
        var segments = new List<(int Start, int Length, int Id)>();
        segmenter.Segment(normalised, segments);
        var ids = new List<int>(segments.Count);
        var previousUnknown = false;
        Span<byte> utf8 = stackalloc byte[8];
        foreach (var (start, length, id) in segments)
        {
            var unknown = id == model.UnknownId;
            if (unknown && model.ByteFallback)
            {
                var count = Encoding.UTF8.GetBytes(normalised.AsSpan(start, length), utf8);
                for (var i = 0; i < count; i++)
                {
                    ids.Add(byteIds[utf8[i]]);
                }
            }
            else if (!unknown || !previousUnknown)
            {
                // Adjacent unknown characters are one unknown piece.
                ids.Add(id);
            }

            previousUnknown = unknown;
        }

        return ids;
    }

    public string Decode(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return DecodePieces([.. ids.Select(id => (PieceOf(id), id))]);
    }

    /// <summary>
    /// Joins pieces. A piece's text is used rather than its id's, so that a caller may pass text that is no piece (transformers does, when it cuts
    /// a leading space off): such text is given out as it is.
    /// </summary>
    internal string DecodePieces(IReadOnlyList<(string Text, int Id)> sequence)
    {
        var text = new StringBuilder();
        var pendingBytes = new List<byte>();
        var expectLeadingSpace = true;
        var leadingSpaceSeen = false;
        foreach (var (piece, id) in sequence)
        {
            var kind = model.Pieces[id].Kind;
            if (kind == SentencePieceKind.Byte)
            {
                pendingBytes.Add(byteValues[id]);
                continue;
            }

            FlushBytes(text, pendingBytes);
            if (leadingSpaceSeen || text.Length > 0)
            {
                expectLeadingSpace = false;
            }

            if (kind == SentencePieceKind.Control)
            {
                leadingSpaceSeen = false;
                continue;
            }

            if (kind == SentencePieceKind.Unknown)
            {
                leadingSpaceSeen = false;
                text.Append(PieceOf(id) == piece ? " \u2047 " : piece);
                continue;
            }

            var rest = piece.AsSpan();
            leadingSpaceSeen = false;
            if (expectLeadingSpace && (addDummyPrefix || model.RemoveExtraWhitespaces) && rest.StartsWith(SentencePieceModel.Space))
            {
                rest = rest[1..];
                leadingSpaceSeen = !model.RemoveExtraWhitespaces;
            }

            foreach (var c in rest)
            {
                text.Append(c == SentencePieceModel.Space ? ' ' : c);
            }
        }

        FlushBytes(text, pendingBytes);
        return text.ToString();
    }

    internal bool IsByte(int id) => isByte[id] != 0;

    /// <summary>Whole characters where the bytes form them, one U+FFFD per byte where they do not.</summary>
    private static void FlushBytes(StringBuilder text, List<byte> bytes)
    {
        var span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);
        while (!span.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(span, out var rune, out var consumed) == System.Buffers.OperationStatus.Done;
            text.Append(valid ? rune.ToString() : "\uFFFD");
            span = span[(valid ? consumed : 1)..];
        }

        bytes.Clear();
    }

    private string Normalise(string text)
    {
        if (model.RemoveExtraWhitespaces)
        {
            text = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        if (text.Length == 0)
        {
            return text;
        }

        text = text.Replace(' ', SentencePieceModel.Space);
        return addDummyPrefix ? SentencePieceModel.Space + text : text;
    }
}
