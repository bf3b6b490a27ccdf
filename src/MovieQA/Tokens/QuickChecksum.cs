using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MovieQA.Tokens;

/// <summary>
/// What a store checks on every read, at the speed of memory: eight CRC-32C, each over every eighth 64-bit word of header and payload. It
/// finds every flipped byte; that two stores hold the same is said by the SHA-256 of <see cref="TokenChunkFormat.Checksum"/> alone.
/// </summary>
/// <remarks>Eight chains because the processor's CRC instruction answers after three cycles but starts one every cycle.</remarks>
public static class QuickChecksum
{
    public const int Bytes = Lanes * sizeof(uint);

    private const int Lanes = 8;

    /// <returns><see cref="Bytes"/> bytes.</returns>
    public static byte[] Of(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        Span<uint> lanes = stackalloc uint[Lanes];
        lanes.Fill(uint.MaxValue);
        Add(lanes, header);
        Add(lanes, payload);
        var result = new byte[Bytes];
        for (var i = 0; i < Lanes; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(i * sizeof(uint)), lanes[i]);
        }

        return result;
    }

    private static void Add(Span<uint> lanes, ReadOnlySpan<byte> bytes)
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Token stores are read and written on little-endian machines only.");
        }

        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3]);
        var (e, f, g, h) = (lanes[4], lanes[5], lanes[6], lanes[7]);
        var i = 0;
        for (; i + Lanes <= words.Length; i += Lanes)
        {
            a = BitOperations.Crc32C(a, words[i]);
            b = BitOperations.Crc32C(b, words[i + 1]);
            c = BitOperations.Crc32C(c, words[i + 2]);
            d = BitOperations.Crc32C(d, words[i + 3]);
            e = BitOperations.Crc32C(e, words[i + 4]);
            f = BitOperations.Crc32C(f, words[i + 5]);
            g = BitOperations.Crc32C(g, words[i + 6]);
            h = BitOperations.Crc32C(h, words[i + 7]);
        }

        (lanes[0], lanes[1], lanes[2], lanes[3]) = (a, b, c, d);
        (lanes[4], lanes[5], lanes[6], lanes[7]) = (e, f, g, h);
        foreach (var rest in bytes[(i * sizeof(ulong))..])
        {
            lanes[0] = BitOperations.Crc32C(lanes[0], rest);
        }
    }
}
