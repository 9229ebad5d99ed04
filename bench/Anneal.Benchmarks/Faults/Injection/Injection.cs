using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Training;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>Changes to a run from its injection on, each where it happens in reality; what is null stays healthy.</summary>
internal sealed record Injection
{
    /// <summary>Other options, the same model's; asked before every step.</summary>
    public Func<TrainerOptions, Moment, TrainerOptions>? Options { get; init; }

    /// <summary>Another loss to learn from.</summary>
    public CustomLoss? Loss { get; init; }

    /// <summary>Done to the trainer before a step.</summary>
    public Action<Trainer, Moment>? Before { get; init; }

    /// <summary>Done to a batch as it is read: [batch tokens + 1].</summary>
    public BatchChange? Batch { get; init; }

    /// <summary>Done to inputs and targets on their way into the model.</summary>
    public FeedChange? Feed { get; init; }

    /// <summary>Done to the gradients before they are measured.</summary>
    public Action<Transformer, Moment>? Gradients { get; init; }

    /// <summary>The learning-rate multiple in place of the scheduled one.</summary>
    public Func<double, Moment, double>? Rate { get; init; }

    /// <summary>Done to what the run has logged, after each line.</summary>
    public Action<Recording, Moment>? Logged { get; init; }
}

internal delegate void BatchChange(Span<int> batch, Moment at);

internal delegate void FeedChange(Span<int> inputs, Span<int> targets, Moment at);

/// <summary>An injection at work.</summary>
internal sealed class InjectionTap(Injection injection, Moment at) : StepTap
{
    public override void Loaded(Span<int> batch) => injection.Batch?.Invoke(batch, at);

    public override void Fed(Span<int> inputs, Span<int> targets) => injection.Feed?.Invoke(inputs, targets, at);

    public override void Differentiated(Transformer model) => injection.Gradients?.Invoke(model, at);

    public override double Rate(double scheduled) => injection.Rate?.Invoke(scheduled, at) ?? scheduled;
}
