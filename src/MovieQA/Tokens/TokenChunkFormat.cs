using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MovieQA.Tokens;

/// <summary>
/// A chunk as bytes, the same in every store: a header of fixed little-endian fields, the timestamps, then the payload. Stores may keep
/// header and payload apart; the checksum is always over both.
/// </summary>
public static class TokenChunkFormat
{
    /// <summary>Raise when the layout changes; a reader refuses what it does not know.</summary>
    public const int Version = 1;

    private const int FixedBytes = 6 * sizeof(int);

    /// <summary>Version, index, tokens per frame, width, dtype, frame count (int32 each), then one int64 of 100 ns ticks per frame.</summary>
    public static byte[] Header(TokenChunk chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        var header = new byte[FixedBytes + (chunk.FrameCount * sizeof(long))];
        ReadOnlySpan<int> fields =
            [Version, chunk.Index, chunk.Shape.TokensPerFrame, chunk.Shape.Width, (int)chunk.Dtype, chunk.FrameCount];
        for (var i = 0; i < fields.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(i * sizeof(int)), fields[i]);
        }

        for (var i = 0; i < chunk.FrameCount; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(FixedBytes + (i * sizeof(long))), chunk.Timestamps[i].Ticks);
        }

        return header;
    }

    /// <exception cref="InvalidDataException">The header or the payload cannot be a chunk.</exception>
    public static TokenChunk Read(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> payload)
    {
        if (header.Length < FixedBytes)
        {
            throw new InvalidDataException($"chunk header of {header.Length} bytes, expected at least {FixedBytes}");
        }

        Span<int> fields = stackalloc int[6];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = BinaryPrimitives.ReadInt32LittleEndian(header[(i * sizeof(int))..]);
        }

        var frames = fields[5];
        if (fields[0] != Version || frames is < 1 or > TokenChunk.FramesPerChunk || header.Length != FixedBytes + (frames * sizeof(long))
            || fields[2] < 1 || fields[3] < 1 || !Enum.IsDefined((TokenDtype)fields[4]))
        {
            throw new InvalidDataException(
                $"chunk header says version {fields[0]}, {frames} frames, {fields[2]} x {fields[3]} tokens, dtype {fields[4]}, in {header.Length} bytes");
        }

        var timestamps = new TimeSpan[frames];
        for (var i = 0; i < frames; i++)
        {
            timestamps[i] = TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(header[(FixedBytes + (i * sizeof(long)))..]));
        }

        var chunk = new TokenChunk(fields[1], new TokenShape(fields[2], fields[3]), (TokenDtype)fields[4], timestamps, payload);
        if (payload.Length != (long)frames * chunk.Shape.BytesPerFrame)
        {
            throw new InvalidDataException($"chunk {chunk.Index}: payload of {payload.Length} bytes, expected {(long)frames * chunk.Shape.BytesPerFrame}");
        }

        return chunk;
    }

    public static ContentHash Checksum(TokenChunk chunk)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Header(chunk));
        hash.AppendData(chunk.Payload.Span);
        return ContentHash.Parse(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
