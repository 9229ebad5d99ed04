using Anneal.Engine.Tensors;
using Anneal.Engine.Training;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>The healthy run of a size and seed, with its state at every step from which a faulted run forks.</summary>
internal sealed class CleanRun : IDisposable
{
    /// <summary>Steps between the states that a repair can go back to.</summary>
    public const int CheckpointEvery = 50;

    private readonly FaultCorpus corpus;
    private readonly Dictionary<int, Snapshot> snapshots = [];

    /// <summary>Trains it.</summary>
    /// <param name="corpus">Text.</param>
    /// <param name="scale">Size.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="faults">To be injected.</param>
    public CleanRun(FaultCorpus corpus, Scale scale, int seed, IEnumerable<Fault> faults)
    {
        (this.corpus, Scale, Seed) = (corpus, scale, seed);
        Injections = [.. faults.Select(fault => (fault, At(fault, scale, seed)))];
        var needed = Injections.Select(injection => injection.At - 1).ToHashSet();
        needed.UnionWith(Enumerable.Range(0, scale.Steps / CheckpointEvery).Select(number => number * CheckpointEvery));
        Run = new(corpus, scale, seed);
        do
        {
            if (needed.Contains((int)Run.Trainer.StepCount)) snapshots[(int)Run.Trainer.StepCount] = new(Run.Trainer);
            Run.Step();
        }
        while (!Run.Done);
        FinalLoss = Run.FinalLoss();
    }

    /// <summary>First step (from 1) at which a fault acts: uniform in 20 to 60% of the run.</summary>
    public static int At(Fault fault, Scale scale, int seed)
    {
        if (fault.FromStart) return 1;
        var draw = CounterRandom.Uniform(CounterRandom.Key(seed, fault.Name), (ulong)scale.Number);
        return 1 + (int)(scale.Steps * (0.2 + 0.4 * draw));
    }

    /// <summary>Spread of final losses over seeds, nats; a few runs tell little of it: a hundredth of a nat is the least.</summary>
    public static double Sigma(IReadOnlyList<CleanRun> runs)
    {
        var mean = runs.Average(run => run.FinalLoss);
        return Math.Max(0.01, Math.Sqrt(runs.Sum(run => Math.Pow(run.FinalLoss - mean, 2)) / Math.Max(1, runs.Count - 1)));
    }

    public Scale Scale { get; }

    public int Seed { get; }

    public InjectedRun Run { get; }

    /// <summary>Each fault and the step (from 1) at which it acts first.</summary>
    public IReadOnlyList<(Fault Fault, int At)> Injections { get; }

    /// <summary>On held-out text, nats per token.</summary>
    public double FinalLoss { get; }

    /// <summary>The run as it goes on with a fault.</summary>
    /// <param name="injection">The fault; null for none.</param>
    /// <param name="at">First step (from 1) that is not the clean run's any more.</param>
    /// <param name="span">Steps after which the fault is over.</param>
    public InjectedRun Fork(Injection? injection, int at, int span = int.MaxValue)
    {
        var run = new InjectedRun(corpus, Scale, Seed, injection, at) { Span = span };
        run.Fork(Run, snapshots[at - 1]);
        return run;
    }

    /// <summary>Puts a trainer of this run where the clean run stood at a checkpoint.</summary>
    /// <param name="trainer">Of the same size.</param>
    /// <param name="step">A step of which there is a state.</param>
    public void Restore(Trainer trainer, int step) => snapshots[step].Restore(trainer);

    public void Dispose() => Run.Dispose();

}
