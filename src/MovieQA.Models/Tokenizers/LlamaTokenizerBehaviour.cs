namespace MovieQA.Models.Tokenizers;

/// <summary>Which release of transformers' slow LLaMA tokenizer is followed; they differ in the space after a mark such as <c>&lt;/s&gt;</c>.</summary>
public enum LlamaTokenizerBehaviour
{
    /// <summary>All releases up to 4.31 with <c>legacy=True</c>: every section gets its own leading space.</summary>
    Legacy,

    /// <summary>4.31 with <c>legacy=False</c> (LLaMA-VID): the leading space of a section after a mark is taken away again, from the finished pieces.</summary>
    NonLegacy431,

    /// <summary>4.39 with <c>legacy=True</c>: encodes as <see cref="Legacy"/>, but one leading space more is dropped when decoding.</summary>
    Legacy439,

    /// <summary>4.39 with <c>legacy=False</c>: a section after a mark is cut without a leading space from the start.</summary>
    NonLegacy439,
}
