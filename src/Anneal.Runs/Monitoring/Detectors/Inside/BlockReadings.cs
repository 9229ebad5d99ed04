using System.Runtime.InteropServices;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>
/// The statistics of a model's parts, found by their names' beginnings under whatever names the trainer gives the parts. Shared by
/// all detectors of one run; the first that asks at a moment reads the moment's numbers. Fixed memory: names beyond a bound are
/// passed over.
/// </summary>
internal sealed class BlockReadings
{
    private const int MostNames = 1024;

    private static readonly (string Prefix, BlockStatistic Statistic)[] prefixes =
    [
        ("train/grad_norm/", BlockStatistic.GradNorm),
        ("train/param_norm/", BlockStatistic.ParamNorm),
        ("model/act_rms/", BlockStatistic.ActRms),
        ("model/zero_fraction/", BlockStatistic.ZeroFraction),
        ("model/max_attn_logit", BlockStatistic.MaxAttentionLogit),
        ("val/loss/", BlockStatistic.DomainLoss),
    ];

    private readonly Dictionary<string, BlockReading?> byName = new(StringComparer.Ordinal);
    private readonly List<BlockReading>[] byStatistic = [.. prefixes.Select(_ => new List<BlockReading>())];
    private readonly long[] heard = new long[prefixes.Length];
    private object? last;
    private long moment;

    /// <summary>All parts of which this statistic was ever said, where it was said just now for at least one; else none.</summary>
    public ReadOnlySpan<BlockReading> Fresh(Vitals vitals, BlockStatistic statistic)
    {
        Take(vitals);
        return heard[(int)statistic] == moment ? CollectionsMarshal.AsSpan(byStatistic[(int)statistic]) : [];
    }

    /// <summary>Whether a reading was said just now.</summary>
    public bool IsFresh(BlockReading reading) => reading.Moment == moment;

    private void Take(Vitals vitals)
    {
        var metrics = vitals.Metrics;
        if (ReferenceEquals(metrics, last)) return;
        last = metrics;
        moment++;
        if (metrics.Extra.Count == 0) return;
        // The dictionary's own enumerator allocates nothing.
        if (metrics.Extra is Dictionary<string, double> numbers)
            foreach (var (name, value) in numbers) Take(metrics.Step, name, value);
        else
            foreach (var (name, value) in metrics.Extra) Take(metrics.Step, name, value);
    }

    private void Take(int step, string name, double value)
    {
        if (!byName.TryGetValue(name, out var reading))
        {
            if (byName.Count >= MostNames) return;
            reading = First(name);
            byName.Add(name, reading);
        }
        if (reading is null) return;
        (reading.StepBefore, reading.Step) = (reading.Step, step);
        (reading.Value, reading.Moment) = (value, moment);
        heard[reading.Statistic] = moment;
    }

    private BlockReading? First(string name)
    {
        foreach (var (prefix, statistic) in prefixes)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var parts = byStatistic[(int)statistic];
            var reading = new BlockReading(name[prefix.Length..].TrimStart('/'), parts.Count, (int)statistic);
            parts.Add(reading);
            return reading;
        }
        return null;
    }
}
