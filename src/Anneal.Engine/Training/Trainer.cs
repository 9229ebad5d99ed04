using Anneal.Engine.Custom;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;
using Anneal.Engine.Shards;

namespace Anneal.Engine.Training;

/// <summary>
/// Trains a model, one step at a time. After the first step a step allocates no managed memory, and the same options and
/// stream give the same bits on the same instruction set, whatever the number of threads.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly TokenStream stream;
    private readonly ThreadTeam team;
    private readonly TransformerGraph graph; // of one micro-batch
    private readonly FlatNorm flatNorm;
    private readonly TokenStatistics statistics;
    private readonly int[] batch; // [BatchTokens + 1]
    private readonly int microBatches;
    private readonly CustomParts parts;
    private readonly FlopMeter meter = new();
    private readonly double countedFlops;

    /// <summary>Builds the model and everything a step needs.</summary>
    /// <param name="options">What to train; checked here.</param>
    /// <param name="stream">What to train on; its token ids must be below the vocabulary.</param>
    /// <param name="parts">Code of proposals, each named in <see cref="TrainerOptions.Code"/>; null for none.</param>
    /// <exception cref="ArgumentException">An option breaks a rule; the message names the setting.</exception>
    public Trainer(TrainerOptions options, TokenStream stream, CustomParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(stream);
        options.Demand();
        if (stream.LargestToken >= options.Vocab)
            throw new ArgumentException($"The shard holds token {stream.LargestToken}, the vocabulary ends at {options.Vocab - 1}: was it made by another tokenizer?");
        CodeConfig.Demand(options.Code, parts);
        Options = options;
        this.stream = stream;
        this.parts = parts ?? new();
        team = new(options.Threads);
        Model = new(options.Model, options.Vocab, options.Seed, parts?.Block);
        Optimizer = parts?.Optimizer is { } custom
            ? new SpanOptimizer(custom, options.Optimizer, Model, new LinearAlgebra(team, meter))
            : Optimizer.Create(options.Optimizer, Model, team);
        graph = Record(options, Model.Layout, parts?.Loss, meter);
        graph.Ops.Allocate(team);
        graph.Head!.GradientScale = 1f / options.BatchTokens;
        microBatches = options.BatchTokens / graph.Ids.Length;
        flatNorm = new(Model.Grads.Length);
        statistics = new(options.Vocab);
        batch = new int[options.BatchTokens + 1];
        countedFlops = graph.Ops.Flops * microBatches + FlatNorm.Flops(Model.ParameterCount) + Optimizer.Flops;
        Clip = options.Optimizer.Clip;
        Optimizer.Restore(updates: 0, Math.Pow(flatNorm.Of(Model.Values, team), 2));
    }

    /// <summary>What is being trained.</summary>
    public TrainerOptions Options { get; }

    /// <summary>The model; valid until <see cref="Dispose"/>.</summary>
    public Transformer Model { get; }

    /// <summary>Steps done.</summary>
    public long StepCount { get; internal set; }

    /// <summary>Steps of the whole run.</summary>
    public long Steps => Options.Steps;

    /// <summary>Tokens trained on.</summary>
    public long Tokens => StepCount * Options.BatchTokens;

    /// <summary>
    /// Counted floating-point operations of a step: forward, backward, clip, update. What proposals' code multiplies is counted as it
    /// runs: the most that a step needed so far.
    /// </summary>
    public double FlopsPerStep => countedFlops + meter.Largest;

    /// <summary>Multiplies the scheduled learning rate; control commands set it. 1 by default.</summary>
    public double LearningRateScale { get; set; } = 1;

    /// <summary>Global gradient norm to clip to; 0 is off. Starts as the optimizer's setting.</summary>
    public double Clip { get; set; }

    internal Optimizer Optimizer { get; }

    internal TokenStream Stream => stream;

    /// <summary>Reaches into every step; null for none.</summary>
    internal StepTap? Tap { get; set; }

    /// <summary>Floating-point operations of a step, counted from the graph without allocating it.</summary>
    /// <exception cref="ArgumentException">An option breaks a rule.</exception>
    public static double CountFlopsPerStep(TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Demand();
        if (options.Code is not null) throw new ArgumentException("code: what a proposal's code costs is known only where it runs; ask the trainer itself.");
        var layout = new ParameterLayout(options.Model, options.Vocab);
        using var recorded = Record(options, layout);
        var micro = (double)options.BatchTokens / recorded.Ids.Length;
        return recorded.Ops.Flops * micro + FlatNorm.Flops(layout.Count) + Optimizer.CountFlops(options.Optimizer, layout.Parameters);
    }

    /// <summary>Number of learned numbers of a model, without building it.</summary>
    /// <exception cref="ArgumentException">The configuration breaks a rule.</exception>
    public static long CountParameters(ModelConfig model, int vocab) => new ParameterLayout(model, vocab).Count;

    /// <summary>Does one step.</summary>
    /// <exception cref="InvalidOperationException">All <see cref="Steps"/> are done: the schedule has no rate for another.</exception>
    public StepReport Step()
    {
        if (StepCount >= Steps) throw new InvalidOperationException($"All {Steps} steps of this run are done.");
        Load();
        var loss = ForwardBackward();
        var gradNorm = flatNorm.Of(Model.Grads, team);
        var (scale, clipped) = ClipTo(gradNorm);
        var finite = Guard(loss, gradNorm);
        var rate = (parts.Schedule?.Checked(StepCount, Steps) ?? Schedule.At(Options.Schedule, StepCount, Steps)) * LearningRateScale;
        if (Tap is not null) rate = Tap.Rate(rate);
        if (finite) Optimizer.Update(rate, scale);
        meter.EndStep();
        StepCount++;
        return Report(loss, gradNorm, clipped, finite, rate);
    }

    /// <summary>Reads the next batch and counts it as a step, without training on it.</summary>
    public void Skip()
    {
        Load();
        StepCount++;
    }

    /// <summary>
    /// Health of each part of the model, between steps. Costs one more forward pass over the last micro-batch (not counted in
    /// <see cref="FlopsPerStep"/>), and changes nothing.
    /// </summary>
    public IReadOnlyList<BlockStatistics> BlockStats()
    {
        var blocks = BlockMeter.Measure(Model, graph);
        meter.Discard();
        return blocks;
    }

    /// <summary>Writes a checkpoint directory, replacing it atomically.</summary>
    public void Save(string directory) => Checkpoint.Save(this, directory);

    /// <summary>Continues from a checkpoint of a run with the same options, exactly as if never stopped.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or of a run with other options.</exception>
    public void Restore(string directory) => Checkpoint.Restore(this, directory);

    /// <summary>Frees the model, the arena and the threads.</summary>
    public void Dispose()
    {
        graph.Dispose();
        Optimizer.Dispose();
        Model.Dispose();
        team.Dispose();
    }

    private static TransformerGraph Record(TrainerOptions options, ParameterLayout layout, CustomLoss? loss = null, FlopMeter? meter = null)
    {
        var sequences = options.BatchTokens / options.Model.Context;
        return new(layout, options.Model, MicroBatch.Sequences(sequences, options.Model.Context), options.Model.Context, GraphPurpose.Training, loss, meter);
    }

    private void Load()
    {
        stream.Next(batch);
        Tap?.Loaded(batch);
        statistics.Measure(batch);
    }

    /// <summary>Mean loss of the batch; gradients of it in the flat buffer.</summary>
    private double ForwardBackward()
    {
        Model.Grads.Clear();
        double nats = 0;
        var length = graph.Ids.Length;
        for (var micro = 0; micro < microBatches; micro++)
        {
            batch.AsSpan(micro * length, length).CopyTo(graph.Ids);
            batch.AsSpan(micro * length + 1, length).CopyTo(graph.Targets);
            Tap?.Fed(graph.Ids, graph.Targets);
            graph.Ops.Forward();
            nats += graph.Head!.TotalNats;
            graph.Ops.Backward();
        }

        Tap?.Differentiated(Model);
        return nats / Options.BatchTokens;
    }

    private (float Scale, bool Clipped) ClipTo(double norm) =>
        Clip > 0 && norm > Clip ? ((float)(Clip / norm), true) : (1, false);

    /// <summary>The last line: nothing that is not finite reaches the parameters, whatever the monitor thinks.</summary>
    private static bool Guard(double loss, double gradNorm) => double.IsFinite(loss) && double.IsFinite(gradNorm);

    private StepReport Report(double loss, double gradNorm, bool clipped, bool finite, double rate) => new()
    {
        Step = StepCount,
        Tokens = Tokens,
        Loss = loss,
        LearningRate = rate * Options.Optimizer.Lr,
        GradNorm = gradNorm,
        UpdateNorm = finite ? Math.Sqrt(Optimizer.UpdateSquares) : 0,
        ParamNorm = Math.Sqrt(Optimizer.ParameterSquares),
        Clipped = clipped,
        Nonfinite = !finite,
        BatchHash = statistics.Hash,
        RepeatFraction = stream.RepeatFraction,
        TokenEntropy = statistics.Entropy,
    };
}
