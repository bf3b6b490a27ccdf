using System.Buffers.Binary;

namespace MovieQA.Frames;

/// <summary>The presentation timestamps a plan selected in one film, in order of showing, and their hash.</summary>
public sealed record FrameSelection(FramePlan Plan, IReadOnlyList<TimeSpan> Timestamps)
{
    /// <summary>Hash of the plan's name and every timestamp (100 ns ticks, little-endian).</summary>
    public ContentHash ComputeHash()
    {
        var bytes = new byte[Timestamps.Count * sizeof(long)];
        for (var i = 0; i < Timestamps.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), Timestamps[i].Ticks);
        }

        return ContentHash.OfParts(("plan", Plan.Name), ("timestamps", ContentHash.Of(bytes).Hex));
    }
}
