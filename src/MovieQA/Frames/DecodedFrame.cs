using System.Buffers;

namespace MovieQA.Frames;

/// <summary>One selected frame: RGB, 8 bits, row-major <c>[Height, Width, 3]</c>, in a pooled buffer that <see cref="Dispose"/> gives back.</summary>
public sealed class DecodedFrame : IDisposable
{
    private IMemoryOwner<byte>? owner;

    /// <param name="index">0-based place among the selected frames.</param>
    /// <param name="timestamp">Presentation time from the film's first frame on, rounded to 100 ns.</param>
    public DecodedFrame(int index, TimeSpan timestamp, int width, int height, IMemoryOwner<byte> owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (owner.Memory.Length < width * height * 3)
        {
            throw new ArgumentException($"expected at least {width * height * 3} bytes for {width}x{height} RGB, got {owner.Memory.Length}", nameof(owner));
        }

        Index = index;
        Timestamp = timestamp;
        Width = width;
        Height = height;
        this.owner = owner;
    }

    public int Index { get; }

    public TimeSpan Timestamp { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Width × height × 3 bytes.</summary>
    public ReadOnlyMemory<byte> Pixels => (owner ?? throw new ObjectDisposedException(nameof(DecodedFrame))).Memory[..(Width * Height * 3)];

    public void Dispose()
    {
        owner?.Dispose();
        owner = null;
    }
}
