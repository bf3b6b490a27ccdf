namespace MovieQA.Pipeline;

/// <summary>Where a run's time went.</summary>
/// <param name="Wall">The run's wall clock.</param>
/// <param name="Charged">Wall clock by stage; the values add up to <paramref name="Wall"/>. A stage that was hidden behind another has little.</param>
/// <param name="Busy">How long each stage worked, whoever waited for it; stages overlap, so these add up to more.</param>
public sealed record StageTimes(TimeSpan Wall, IReadOnlyDictionary<Stage, TimeSpan> Charged, IReadOnlyDictionary<Stage, TimeSpan> Busy)
{
    public static StageTimes Zero { get; } = new(TimeSpan.Zero, new Dictionary<Stage, TimeSpan>(), new Dictionary<Stage, TimeSpan>());

    /// <summary>Of runs that followed each other.</summary>
    public static StageTimes operator +(StageTimes left, StageTimes right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Wall + right.Wall, Sum(left.Charged, right.Charged), Sum(left.Busy, right.Busy));
    }

    public static StageTimes Add(StageTimes left, StageTimes right) => left + right;

    private static Dictionary<Stage, TimeSpan> Sum(IReadOnlyDictionary<Stage, TimeSpan> left, IReadOnlyDictionary<Stage, TimeSpan> right) =>
        left.Keys.Union(right.Keys).ToDictionary(stage => stage, stage => left.GetValueOrDefault(stage) + right.GetValueOrDefault(stage));
}
