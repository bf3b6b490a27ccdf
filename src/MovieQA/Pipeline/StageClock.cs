namespace MovieQA.Pipeline;

/// <summary>
/// Divides a run's wall clock among its stages. Every moment is charged to one stage, so the charges add up to the wall clock exactly; beside
/// them it adds up how long each stage was busy, which overlaps. Safe for several threads.
/// </summary>
/// <remarks>
/// One thread of the run, its consumer, says what the wall clock is charged to: its own stage while it works, and while it waits the stages it
/// waits for, nearest first. Time then goes to the nearest of them that is busy, or to the last when none is.
/// </remarks>
public sealed class StageClock
{
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<Stage, TimeSpan> charged = [];
    private readonly Dictionary<Stage, TimeSpan> busy = [];
    private readonly Dictionary<Stage, int> working = [];
    private readonly long start;
    private Stage[] chargedTo = [Stage.Other];
    private long last;

    public StageClock(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        this.time = time;
        start = last = time.GetTimestamp();
    }

    /// <summary>From now on the wall clock is charged to the first of these that is busy, or to the last.</summary>
    public void Charge(params ReadOnlySpan<Stage> stages)
    {
        if (stages.IsEmpty)
        {
            throw new ArgumentException("Name at least one stage to charge.", nameof(stages));
        }

        lock (gate)
        {
            Settle();
            chargedTo = stages.ToArray();
        }
    }

    /// <summary>Counts a stage as busy until disposed.</summary>
    public BusySpan Busy(Stage stage)
    {
        lock (gate)
        {
            Settle();
            working[stage] = working.GetValueOrDefault(stage) + 1;
        }

        return new BusySpan(this, stage, time.GetTimestamp());
    }

    /// <summary>Charges to a stage and counts it busy until disposed; then the charge goes back to what it was.</summary>
    public IDisposable Spend(Stage stage)
    {
        Stage[] before;
        lock (gate)
        {
            before = chargedTo;
        }

        Charge(stage);
        return new Spending(this, Busy(stage), before);
    }

    /// <summary>The times up to now.</summary>
    public StageTimes Read()
    {
        lock (gate)
        {
            Settle();
            return new StageTimes(time.GetElapsedTime(start, last), new Dictionary<Stage, TimeSpan>(charged), new Dictionary<Stage, TimeSpan>(busy));
        }
    }

    private void Settle()
    {
        // Differences of elapsed times since the start, not of single intervals: rounding to ticks then cannot add up to an error.
        var now = time.GetTimestamp();
        var interval = time.GetElapsedTime(start, now) - time.GetElapsedTime(start, last);
        var stage = chargedTo[^1];
        foreach (var candidate in chargedTo)
        {
            if (working.GetValueOrDefault(candidate) > 0)
            {
                stage = candidate;
                break;
            }
        }

        charged[stage] = charged.GetValueOrDefault(stage) + interval;
        last = now;
    }

    private void EndBusy(Stage stage, long since)
    {
        lock (gate)
        {
            Settle();
            working[stage]--;
            busy[stage] = busy.GetValueOrDefault(stage) + time.GetElapsedTime(since, last);
        }
    }

    public readonly struct BusySpan : IDisposable, IEquatable<BusySpan>
    {
        private readonly StageClock clock;
        private readonly Stage stage;
        private readonly long since;

        internal BusySpan(StageClock clock, Stage stage, long since)
        {
            this.clock = clock;
            this.stage = stage;
            this.since = since;
        }

        public static bool operator ==(BusySpan left, BusySpan right) => left.Equals(right);

        public static bool operator !=(BusySpan left, BusySpan right) => !left.Equals(right);

        public void Dispose() => clock.EndBusy(stage, since);

        public bool Equals(BusySpan other) => ReferenceEquals(clock, other.clock) && stage == other.stage && since == other.since;

        public override bool Equals(object? obj) => obj is BusySpan other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(stage, since);
    }

    private sealed class Spending(StageClock clock, BusySpan span, Stage[] before) : IDisposable
    {
        public void Dispose()
        {
            span.Dispose();
            clock.Charge(before);
        }
    }
}
