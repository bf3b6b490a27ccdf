using System.Text;

namespace MovieQA.Models.Tokenizers;

/// <summary>
/// transformers' slow <c>LlamaTokenizer</c> around a SentencePiece model: <c>&lt;s&gt;</c>, <c>&lt;/s&gt;</c> and <c>&lt;unk&gt;</c> in a text become their ids, the
/// text between them is cut piece by piece, and the versions' differing treatment of the space after such a mark is kept apart by
/// <see cref="LlamaTokenizerBehaviour"/>.
/// </summary>
public sealed class LlamaTokenizer
{
    private const string Mark = "\u2581";

    private readonly SentencePieceTokenizer pieces;
    private readonly LlamaTokenizerBehaviour behaviour;
    private readonly (string Text, int Id)[] specials;
    private readonly int unknownPrefixLength;

    /// <summary>Reads <c>tokenizer.model</c>; LLaMA-VID's checkpoints are trained with <see cref="LlamaTokenizerBehaviour.NonLegacy431"/>.</summary>
    public static LlamaTokenizer Load(string path, LlamaTokenizerBehaviour behaviour) => new(SentencePieceModelFormat.Load(path), behaviour);

    public LlamaTokenizer(SentencePieceModel model, LlamaTokenizerBehaviour behaviour)
    {
        ArgumentNullException.ThrowIfNull(model);
        this.behaviour = behaviour;
        pieces = new SentencePieceTokenizer(model, behaviour == LlamaTokenizerBehaviour.NonLegacy439 ? false : null);
        specials =
        [
            (model.Pieces[model.BeginId].Text, model.BeginId),
            (model.Pieces[model.EndId].Text, model.EndId),
            (model.Pieces[model.UnknownId].Text, model.UnknownId),
        ];
        unknownPrefixLength = behaviour == LlamaTokenizerBehaviour.NonLegacy439 ? pieces.Encode(specials[2].Text).Count : 0;
    }

    public int BeginId => pieces.Model.BeginId;

    public int EndId => pieces.Model.EndId;

    public int Count => pieces.Count;

    /// <summary>Without a begin id (transformers: <c>add_special_tokens=False</c>).</summary>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>();
        if (behaviour is LlamaTokenizerBehaviour.NonLegacy431 or LlamaTokenizerBehaviour.NonLegacy439)
        {
            text = text.Replace(SentencePieceModel.Space, ' ');
            if (text.Length > 0 || behaviour == LlamaTokenizerBehaviour.NonLegacy431)
            {
                text = Mark + text;
            }
        }

        foreach (var (section, special) in Split(text))
        {
            if (special is { } id)
            {
                ids.Add(id);
            }
            else
            {
                ids.AddRange(EncodeSection(section));
            }
        }

        if (behaviour == LlamaTokenizerBehaviour.NonLegacy439 && ids.Count > 1 && pieces.PieceOf(ids[0]) == Mark && IsSpecial(ids[1]))
        {
            ids.RemoveAt(0);
        }

        return ids;
    }

    /// <summary>With the begin id in front.</summary>
    public IReadOnlyList<int> EncodeWithBegin(string text) => [BeginId, .. Encode(text)];

    /// <summary>
    /// <paramref name="skipSpecial"/> leaves begin, end and unknown marks out (transformers: <c>skip_special_tokens</c>). Ids outside the vocabulary
    /// are an error, as upstream.
    /// </summary>
    public string Decode(IEnumerable<int> ids, bool skipSpecial)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var sequence = ids.Where(id => !skipSpecial || !IsSpecial(id)).Select(id => (Text: pieces.PieceOf(id), Id: id)).ToList();
        if (sequence.Count == 0)
        {
            return "";
        }

        if (behaviour is LlamaTokenizerBehaviour.Legacy439 or LlamaTokenizerBehaviour.NonLegacy439 && sequence[0].Text.StartsWith(SentencePieceModel.Space))
        {
            var rest = sequence[0].Text[1..];
            sequence[0] = (rest, pieces.IdOf(rest));
        }

        var text = new StringBuilder();
        var section = new List<(string Text, int Id)>();
        var afterSpecial = false;
        for (var i = 0; i < sequence.Count; i++)
        {
            if (!IsSpecial(sequence[i].Id) || sequence[i].Text != pieces.PieceOf(sequence[i].Id))
            {
                section.Add(sequence[i]);
                afterSpecial = false;
                continue;
            }

            if (!afterSpecial && i != 0 && behaviour != LlamaTokenizerBehaviour.NonLegacy439)
            {
                text.Append(' ');
            }

            text.Append(pieces.DecodePieces(section)).Append(sequence[i].Text);
            section.Clear();
            afterSpecial = true;
        }

        return text.Append(pieces.DecodePieces(section)).ToString();
    }

    public bool IsSpecial(int id) => id == specials[0].Id || id == specials[1].Id || id == specials[2].Id;

    private IEnumerable<int> EncodeSection(string section)
    {
        switch (behaviour)
        {
            case LlamaTokenizerBehaviour.NonLegacy431:
                var first = section.StartsWith(SentencePieceModel.Space);
                var text = first ? section[1..] : section;
                var ids = pieces.Encode(text);
                if (first || text.StartsWith(' ') || ids.Count == 0 || !pieces.PieceOf(ids[0]).StartsWith(SentencePieceModel.Space))
                {
                    return ids;
                }

                // A section after a mark did not begin with a space: the one that SentencePiece put before it goes again.
                var cut = pieces.PieceOf(ids[0])[1..];
                return cut.Length == 0 ? ids.Skip(1) : ids.Skip(1).Prepend(pieces.IdOf(cut));

            case LlamaTokenizerBehaviour.NonLegacy439 when section.StartsWith(SentencePieceModel.Space) || section.StartsWith(' '):
                // SentencePiece drops nothing here, but its leading space only counts after other text: encode behind "<unk>", cut that off.
                var behind = pieces.Encode(specials[2].Text + section);
                return behind.Count >= unknownPrefixLength ? behind.Skip(unknownPrefixLength) : behind;

            default:
                return pieces.Encode(section);
        }
    }

    private IEnumerable<(string Section, int? Special)> Split(string text)
    {
        var start = 0;
        for (var at = text.IndexOf('<', StringComparison.Ordinal); at >= 0; at = at >= text.Length ? -1 : text.IndexOf('<', at))
        {
            var found = Array.FindIndex(specials, s => string.CompareOrdinal(text, at, s.Text, 0, s.Text.Length) == 0);
            if (found < 0)
            {
                at++;
                continue;
            }

            if (at > start)
            {
                yield return (text[start..at], null);
            }

            yield return ("", specials[found].Id);
            at += specials[found].Text.Length;
            start = at;
        }

        if (start < text.Length)
        {
            yield return (text[start..], null);
        }
    }
}
