namespace MovieQA.Models.Tokenizers;

/// <summary>
/// The content of a SentencePiece <c>tokenizer.model</c> file (the protocol buffer <c>sentencepiece_model.proto</c> of google/sentencepiece):
/// the pieces with their scores and the settings that decide how a text is cut. Read and written by <see cref="SentencePieceModelFormat"/>.
/// </summary>
/// <param name="Pieces">In order of id.</param>
/// <param name="AddDummyPrefix">A space is put before every text.</param>
/// <param name="RemoveExtraWhitespaces">Leading and trailing spaces go, runs of spaces become one.</param>
/// <param name="ByteFallback">A character without a piece becomes the pieces of its UTF-8 bytes.</param>
public sealed record SentencePieceModel(
    IReadOnlyList<SentencePiece> Pieces,
    SentencePieceAlgorithm Algorithm,
    bool AddDummyPrefix,
    bool RemoveExtraWhitespaces,
    bool ByteFallback,
    int UnknownId,
    int BeginId,
    int EndId,
    int PadId)
{
    /// <summary>The mark that stands for a space inside pieces.</summary>
    public const char Space = '\u2581';
}

/// <param name="Score">BPE: the larger, the earlier the piece is merged. Unigram: the logarithm of its probability.</param>
public readonly record struct SentencePiece(string Text, float Score, SentencePieceKind Kind);

/// <summary>Numbers as in the file.</summary>
public enum SentencePieceKind
{
    Normal = 1,
    Unknown = 2,

    /// <summary>A mark such as <c>&lt;s&gt;</c>: never made from text, decodes to nothing.</summary>
    Control = 3,

    /// <summary>Matched whole before anything is merged.</summary>
    UserDefined = 4,

    /// <summary>May be merged through, never given out.</summary>
    Unused = 5,
    Byte = 6,
}

/// <summary>Numbers as in the file; the word and character models of the format are not used by any language model here.</summary>
public enum SentencePieceAlgorithm
{
    Unigram = 1,
    BytePairEncoding = 2,
}
