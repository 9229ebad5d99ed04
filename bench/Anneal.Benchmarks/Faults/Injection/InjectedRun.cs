using Anneal.Engine.Custom;
using Anneal.Engine.Shards;
using Anneal.Engine.Training;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>One run of a size, step by step: clean, faulted from a step on, or a decoy.</summary>
internal sealed class InjectedRun : IDisposable
{
    private const int EvaluateEvery = 50, SampleEvery = 100, ProbeEvery = 10;

    private readonly FaultCorpus corpus;
    private readonly Scale scale;
    private readonly InjectionTap? tap;
    private Injection? injection;
    private readonly Moment moment;
    private TrainerOptions options;
    private Trainer trainer;
    private HeldOut heldOut;
    private long tokens;

    /// <param name="corpus">Text.</param>
    /// <param name="scale">Size.</param>
    /// <param name="seed">Of weights, order and machine.</param>
    /// <param name="injection">What goes wrong; null for the clean run.</param>
    /// <param name="at">First step (from 1) at which it acts.</param>
    public InjectedRun(FaultCorpus corpus, Scale scale, int seed, Injection? injection = null, int at = 1)
    {
        (this.corpus, this.scale, this.injection) = (corpus, scale, injection);
        var clock = new Clock(seed * 31 + scale.Number, secondsPerStep: 0.2 * (1 + scale.Number));
        Recording = new(clock);
        moment = new(corpus, scale, seed, at, clock);
        options = scale.Options with { Seed = seed };
        tap = injection is null ? null : new(injection, moment);
        (trainer, heldOut) = Build(Code());
    }

    public Recording Recording { get; }

    public Trainer Trainer => trainer;

    /// <summary>Steps after which the injection is over; endless by default.</summary>
    public int Span { get; init; } = int.MaxValue;

    public bool Done => Recording.Ended || trainer.StepCount >= trainer.Steps;

    /// <summary>Starts where the clean run of the same size and seed stood.</summary>
    /// <param name="clean">The clean run, as far as it may have gone.</param>
    /// <param name="snapshot">Its state.</param>
    public void Fork(InjectedRun clean, Snapshot snapshot)
    {
        snapshot.Restore(trainer);
        tokens = (long)snapshot.Step * options.BatchTokens;
        foreach (var line in clean.Recording.Lines.TakeWhile(line => line.Step <= snapshot.Step))
        {
            Recording.Lines.Add(line);
            Tick(line.Step);
        }
    }

    /// <summary>Does a step and logs it.</summary>
    public StepMetrics Step()
    {
        moment.Step = (int)trainer.StepCount + 1;
        var active = injection is not null && moment.Since >= 0 && moment.Since < Span;
        trainer.Tap = active ? tap : null;
        if (active) Inject();
        var report = trainer.Step();
        tokens += options.BatchTokens;
        Tick(moment.Step);
        Recording.Lines.Add(Line(report));
        if (active) injection!.Logged?.Invoke(Recording, moment);
        return Recording.Lines[^1];
    }

    /// <summary>Passes over a step's text.</summary>
    public void Skip()
    {
        trainer.Tap = null;
        trainer.Skip();
        tokens += options.BatchTokens;
    }

    /// <summary>The trainer has gone back: so does what was logged.</summary>
    /// <param name="healed">What went wrong does not come again.</param>
    public void Rewound(bool healed)
    {
        tokens = trainer.Tokens;
        Recording.Lines.RemoveAll(line => line.Step > trainer.StepCount);
        if (healed && trainer.StepCount < moment.At) injection = null;
    }

    /// <summary>Loss on text that no run has seen, nats per token; of a broken model that of one that knows nothing.</summary>
    public double FinalLoss() => heldOut.Test() is var loss && double.IsFinite(loss) ? loss : Math.Log(FaultCorpus.Vocab);

    public void Dispose()
    {
        heldOut.Dispose();
        trainer.Dispose();
    }

    private void Inject()
    {
        if (moment.Since == 0 && injection!.Loss is not null) Rebuild(options);
        if (injection!.Options?.Invoke(options, moment) is { } changed && changed != options) Rebuild(changed);
        trainer.Tap = tap;
        injection!.Before?.Invoke(trainer, moment);
    }

    private CustomLoss? Code() => injection?.Loss is { } loss && moment.Since >= 0 ? loss : null;

    private void Rebuild(TrainerOptions changed)
    {
        var state = trainer.StepCount > 0 ? new Snapshot(trainer) : null;
        Dispose();
        options = changed;
        (trainer, heldOut) = Build(Code());
        state?.Restore(trainer);
    }

    private (Trainer Trainer, HeldOut HeldOut) Build(CustomLoss? loss)
    {
        var built = new Trainer(
            loss is null ? options : options with { Code = new() { Loss = loss.GetType().Name } },
            new TokenStream(corpus.Train, orderSeed: options.Seed, endOfText: FaultCorpus.EndOfText),
            loss is null ? null : new() { Loss = loss });
        return (built, new(corpus, built.Model));
    }

    // An evaluation takes time of its own.
    private void Tick(int step)
    {
        Recording.Clock.Step();
        if (step % EvaluateEvery == 0) Recording.Clock.Pause(2 * Recording.Clock.StepSeconds);
    }

    private StepMetrics Line(StepReport report)
    {
        var clock = Recording.Clock;
        return StepMetrics.Of(report) with
        {
            Tokens = tokens,
            Time = clock.Now,
            StepSeconds = clock.StepSeconds,
            TokensPerSecond = options.BatchTokens / clock.StepSeconds,
            RssMb = report.Step % ProbeEvery == 0 || report.Step == 1 ? clock.RssMb : null,
            Extra = Signals((int)report.Step),
        };
    }

    private Dictionary<string, double> Signals(int step)
    {
        if (step % ProbeEvery != 0 && step != scale.Steps) return [];
        var signals = BlockSignals.Of(trainer.BlockStats());
        signals["val/probe_loss"] = heldOut.Probe();
        if (step % EvaluateEvery == 0 || step == scale.Steps) heldOut.Evaluate(signals);
        if (step % SampleEvery == 0) heldOut.Sample(signals, step);
        return signals;
    }
}
