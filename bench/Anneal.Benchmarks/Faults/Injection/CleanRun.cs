using Anneal.Engine.Tensors;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>The healthy run of a size and seed, with its state at every step from which a faulted run forks.</summary>
internal sealed class CleanRun : IDisposable
{
    private readonly FaultCorpus corpus;
    private readonly Dictionary<int, Snapshot> snapshots = [];

    /// <summary>Trains it.</summary>
    /// <param name="corpus">Text.</param>
    /// <param name="scale">Size.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="faults">To be injected somewhere in 20 to 60% of the run.</param>
    public CleanRun(FaultCorpus corpus, Scale scale, int seed, IEnumerable<Fault> faults)
    {
        (this.corpus, Scale, Seed) = (corpus, scale, seed);
        Injections = [.. faults.Select(fault => (fault, At(fault)))];
        var needed = Injections.Select(injection => injection.At - 1).ToHashSet();
        Run = new(corpus, scale, seed);
        do
        {
            if (needed.Contains((int)Run.Trainer.StepCount)) snapshots[(int)Run.Trainer.StepCount] = new(Run.Trainer);
            Run.Step();
        }
        while (!Run.Done);
        FinalLoss = Run.FinalLoss();
    }

    public Scale Scale { get; }

    public int Seed { get; }

    public InjectedRun Run { get; }

    /// <summary>Each fault and the step (from 1) at which it acts first.</summary>
    public IReadOnlyList<(Fault Fault, int At)> Injections { get; }

    /// <summary>On held-out text, nats per token.</summary>
    public double FinalLoss { get; }

    /// <summary>The run as it goes on with a fault.</summary>
    public InjectedRun Fork(Injection injection, int at)
    {
        var run = new InjectedRun(corpus, Scale, Seed, injection, at);
        run.Fork(Run, snapshots[at - 1]);
        return run;
    }

    public void Dispose() => Run.Dispose();

    private int At(Fault fault)
    {
        if (fault.FromStart) return 1;
        var draw = CounterRandom.Uniform(CounterRandom.Key(Seed, fault.Name), (ulong)Scale.Number);
        return 1 + (int)(Scale.Steps * (0.2 + 0.4 * draw));
    }
}
