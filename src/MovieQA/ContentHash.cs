using System.Security.Cryptography;
using System.Text;

namespace MovieQA;

/// <summary>
/// A SHA-256 of the bytes that decide a result: a film's content, a frame plan, a weights file, a stream key.
/// Equal hashes mean equal bytes; nothing else (path, batch size, threads) is in one.
/// </summary>
public readonly record struct ContentHash
{
    private readonly string? hex;

    private ContentHash(string hex) => this.hex = hex;

    /// <summary>64 lower-case hex digits.</summary>
    public string Hex => hex ?? throw new InvalidOperationException("This content hash was never computed.");

    /// <summary>The first 16 hex digits, for people.</summary>
    public string Short => Hex[..16];

    public static ContentHash Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    public static ContentHash Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    public static async Task<ContentHash> OfStreamAsync(Stream stream, CancellationToken cancellationToken) =>
        new(Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)));

    /// <summary>Hashes named parts in the order given: each as <c>name=value</c> on a line, lengths included, so that no two lists share a text.</summary>
    public static ContentHash OfParts(params ReadOnlySpan<(string Name, string Value)> parts)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parts)
        {
            text.Append(name).Append('=').Append(value.Length).Append(':').Append(value).Append('\n');
        }

        return Of(text.ToString());
    }

    /// <exception cref="FormatException">The text is not 64 lower-case hex digits.</exception>
    public static ContentHash Parse(string hex) =>
        hex is { Length: 64 } && hex.All(c => c is >= '0' and <= '9' or >= 'a' and <= 'f')
            ? new ContentHash(hex)
            : throw new FormatException($"'{hex}' is not a SHA-256 in 64 lower-case hex digits.");

    public override string ToString() => hex ?? "(none)";
}
