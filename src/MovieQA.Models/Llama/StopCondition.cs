using MovieQA.Models.Tokenizers;

namespace MovieQA.Models.Llama;

/// <summary>
/// Ends an answer at a stop string. A string that is one token (<c>&lt;/s&gt;</c>) is recognised by its ids, any other in the decoded answer, so that it is
/// found across the borders of tokens (LLaVA <c>mm_utils.py::KeywordsStoppingCriteria</c>, which looks at the last three tokens only).
/// </summary>
internal sealed class StopCondition
{
    private readonly LlamaTokenizer tokenizer;
    private readonly IReadOnlyList<string> strings;
    private readonly IReadOnlyList<IReadOnlyList<int>> suffixes;
    private readonly bool readsText;

    public StopCondition(LlamaTokenizer tokenizer, IReadOnlyList<string> strings)
    {
        this.tokenizer = tokenizer;
        this.strings = [.. strings.Where(s => s.Length > 0)];
        suffixes = [.. this.strings.Select(tokenizer.Encode)];
        readsText = suffixes.Any(ids => ids.Count != 1 || !tokenizer.IsSpecial(ids[0]));
    }

    public bool IsReached(IReadOnlyList<int> generated)
    {
        foreach (var suffix in suffixes)
        {
            if (EndsWith(generated, suffix))
            {
                return true;
            }
        }

        return readsText && FirstStop(tokenizer.Decode(generated, skipSpecial: true)) >= 0;
    }

    /// <summary>The answer up to its first stop string, without white space around it.</summary>
    public string Cut(IReadOnlyList<int> generated)
    {
        var text = tokenizer.Decode(generated, skipSpecial: true);
        var stop = FirstStop(text);
        return (stop >= 0 ? text[..stop] : text).Trim();
    }

    /// <summary>Whether a sequence ends in these ids (the criterion of VideoChat and Video-LLaMA).</summary>
    public static bool EndsWith(IReadOnlyList<int> generated, IReadOnlyList<int> suffix)
    {
        if (suffix.Count == 0 || generated.Count < suffix.Count)
        {
            return false;
        }

        for (var i = 0; i < suffix.Count; i++)
        {
            if (generated[generated.Count - suffix.Count + i] != suffix[i])
            {
                return false;
            }
        }

        return true;
    }

    private int FirstStop(string text)
    {
        var first = -1;
        foreach (var stop in strings)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first))
            {
                first = at;
            }
        }

        return first;
    }
}
