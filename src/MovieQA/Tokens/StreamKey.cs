namespace MovieQA.Tokens;

/// <summary>Which cache tier a stream belongs to.</summary>
public enum TokenTier
{
    /// <summary>Depends on the frame alone.</summary>
    Content = 1,

    /// <summary>Depends on the frame and on the question.</summary>
    Context = 2,
}

/// <summary>
/// Names one token stream: a hash of everything that can change its bytes (film content, frame plan, decoder, preprocessing, weights,
/// dtype, tier, and for a context stream the question and its tokenizer) and of nothing else.
/// </summary>
public readonly record struct StreamKey(ContentHash Hash)
{
    public string Hex => Hash.Hex;

    public override string ToString() => Hash.ToString();
}

/// <summary>The parts a <see cref="StreamKey"/> is made of; kept beside the stream so that a person can read what it is.</summary>
/// <param name="EncoderId">Fingerprint of the weights and settings of every module that the tier's bytes pass through, dtype included.</param>
/// <param name="Question">Null for a content stream.</param>
public sealed record StreamIdentity(
    ContentHash Film,
    string Plan,
    string Decoder,
    string Preprocessing,
    string Encoder,
    string EncoderId,
    TokenTier Tier,
    string? Question)
{
    /// <summary><see cref="Encoder"/> is a name for people (<c>llama-vid-7b</c>) and stays out of the key; the fingerprint is in.</summary>
    public StreamKey ToKey() => new(ContentHash.OfParts(
        ("film", Film.Hex),
        ("plan", Plan),
        ("decoder", Decoder),
        ("preprocessing", Preprocessing),
        ("encoder", EncoderId),
        ("tier", Tier.ToString()),
        ("question", Question is null ? "" : "q:" + Question)));
}
