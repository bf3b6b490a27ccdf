namespace MovieQA.Models.Llama;

/// <summary>
/// Uniform numbers from a seed (SplitMix64, Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"): a fixed algorithm of our
/// own, so that a seed means the same on every platform and with every tensor library.
/// </summary>
internal sealed class SeededDraws(long seed)
{
    private ulong state = unchecked((ulong)seed);

    public ulong NextBits()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to below 1, 53 bits.</summary>
    public double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Mean 0, variance 1 (sum of twelve uniforms less six: only additions, hence the same bits everywhere).</summary>
    public double NextNormal()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
        {
            sum += NextUniform();
        }

        return sum;
    }
}
