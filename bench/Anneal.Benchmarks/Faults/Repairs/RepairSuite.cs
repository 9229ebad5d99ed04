using Anneal.Benchmarks.Faults.Injection;

namespace Anneal.Benchmarks.Faults.Repairs;

/// <summary>Faulted and clean runs under the shipped policy, repairs carried out: <c>--repairs [--half tuning|hidden] [--seeds N] [--scales N]</c>.</summary>
internal static class RepairSuite
{
    public static IEnumerable<BenchmarkRow> Run(string[] args)
    {
        var choice = StreamChoice.Parse(args);
        using var corpus = FaultCorpus.Open();
        var trials = Scale.All.Take(choice.Scales).SelectMany(scale => Trials(corpus, scale, choice)).ToList();
        var faulted = trials.Where(trial => trial.Fault is not null).ToList();
        var reachable = faulted.Where(trial => trial.Fault!.Recurrence != Recurrence.Lasting).ToList();
        var repaired = faulted.Where(trial => trial.Outcome.IsRepaired).ToList();
        var clean = trials.Where(trial => trial.Fault is null).ToList();

        yield return BenchmarkRow.AtLeast("repaired runs that end like their clean twin", Percent(repaired, trial => trial.IsAsGood), "%", 85, $"final loss within two seed sigmas, {repaired.Count} repaired of {faulted.Count} faulted runs");
        yield return BenchmarkRow.Of("the same, where going back can help", Percent(repaired.Intersect(reachable), trial => trial.IsAsGood), "%", "faults that are over, or lie in text that can be left out");
        yield return BenchmarkRow.Of("faults that are over, given up", Percent(reachable, trial => trial.Outcome.Stopped), "%", $"of {reachable.Count}");
        yield return BenchmarkRow.Of("lasting faults, given up", Percent(faulted.Except(reachable), trial => trial.Outcome.Stopped), "%", $"of {faulted.Count - reachable.Count}: what comes again cannot be repaired from outside");
        yield return BenchmarkRow.Of("repaired, no worse than left alone", Percent(repaired, trial => trial.Harm <= trial.HarmAlone + 2 * trial.Sigma), "%", "final loss, the same fault without a policy");
        yield return BenchmarkRow.AtMost("clean runs touched", clean.Count(trial => !trial.Outcome.IsUntouched), "", 0, $"of {clean.Count}");
        yield return BenchmarkRow.Of("worst harm to a clean run", clean.Max(trial => trial.Harm), "nats", "final loss against the run that nobody watched");
    }

    private static IEnumerable<RepairRecord> Trials(FaultCorpus corpus, Scale scale, StreamChoice choice)
    {
        var faults = choice.Faults.Where(RepairTrial.IsWithinReach).ToList();
        var runs = choice.SeedNumbers.Select(seed => new CleanRun(corpus, scale, seed, faults)).ToList();
        var sigma = CleanRun.Sigma(runs);
        foreach (var clean in runs)
        {
            using (clean)
            {
                yield return Told(new(null, clean, 1, sigma, RepairTrial.Train(clean, null, 1), 0));
                foreach (var (fault, at) in clean.Injections)
                {
                    using var alone = clean.Fork(fault.Injection, at, RepairTrial.SpanOf(fault));
                    while (!alone.Done) alone.Step();
                    yield return Told(new(fault, clean, at, sigma, RepairTrial.Train(clean, fault, at), alone.FinalLoss() - clean.FinalLoss));
                }
            }
        }
    }

    private static RepairRecord Told(RepairRecord record)
    {
        Console.Error.WriteLine(record);
        return record;
    }

    private static double Percent(IEnumerable<RepairRecord> records, Func<RepairRecord, bool> what) => records.Select(record => what(record) ? 100.0 : 0).DefaultIfEmpty(double.NaN).Average();
}

/// <summary>One trial against its twin.</summary>
/// <param name="Fault">What went wrong; null for nothing.</param>
/// <param name="Clean">The twin.</param>
/// <param name="At">First faulted step.</param>
/// <param name="Sigma">Of the clean runs' final losses.</param>
/// <param name="Outcome">With the policy.</param>
/// <param name="HarmAlone">Final loss minus the twin's without a policy, nats.</param>
internal sealed record RepairRecord(Fault? Fault, CleanRun Clean, int At, double Sigma, RepairOutcome Outcome, double HarmAlone)
{
    /// <summary>Final loss minus the twin's, nats.</summary>
    public double Harm { get; } = Outcome.Loss - Clean.FinalLoss;

    public bool IsAsGood => Harm <= 2 * Sigma;

    public override string ToString() =>
        $"size {Clean.Scale.Number} seed {Clean.Seed}: {Fault?.Name ?? "clean",-26} from {At,4}: {(Outcome.Stopped ? $"given up at {Outcome.Step}" : $"harm {Harm,7:F4}"),-17} alone {HarmAlone,7:F4}  {Outcome.Words}";
}
