using System.Globalization;

namespace MovieQA.Films;

/// <summary>An exact ratio as containers state it: a frame rate (24000/1001) or a time base (1/12288).</summary>
public readonly record struct Rational(long Numerator, long Denominator)
{
    /// <summary>NaN where the container states 0/0, that is, nothing.</summary>
    public double Value => Denominator == 0 ? double.NaN : (double)Numerator / Denominator;

    public bool IsKnown => Numerator > 0 && Denominator > 0;

    /// <summary>Reads ffprobe's <c>24000/1001</c>; a plain integer counts as over 1.</summary>
    public static Rational Parse(string text)
    {
        var parts = text.Split('/', ':');
        return new Rational(
            long.Parse(parts[0], CultureInfo.InvariantCulture),
            parts.Length > 1 ? long.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
