using Anneal.Benchmarks.Durability;
using Anneal.Benchmarks.Faults.Injection;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Benchmarks.Faults.Injection;

/// <summary>A corpus of made-up text and a size of run that trains in a moment, with its clean run; shared by the tests of a class.</summary>
public sealed class TinyFaults : IDisposable
{
    public const int Seed = 3, At = 25, Steps = 140;

    public TinyFaults()
    {
        var words = MadeUpLanguage.Documents(90).ToList();
        Corpus = FaultCorpus.Of(("plain", words[..30]), ("loud", words[30..60].Select(text => text.ToUpperInvariant())), ("digits", words[60..].Select(text => string.Concat(text.Select(c => char.IsLetter(c) ? (char)('0' + c % 10) : c)))));
        using var clean = new InjectedRun(Corpus, Scale, Seed);
        while (!clean.Done) clean.Step();
        Clean = clean.Recording.Lines;
    }

    internal static Scale Scale { get; } = new(0, Anneal.Benchmarks.Faults.Injection.Scale.All[0].Options with
    {
        Model = new() { Layers = 2, Width = 16, Heads = 2, Context = 16, Mlp = new() { Kind = Anneal.Engine.Models.MlpKind.Relu2 } },
        BatchTokens = 128,
        Steps = Steps,
    });

    internal FaultCorpus Corpus { get; }

    internal IReadOnlyList<StepMetrics> Clean { get; }

    /// <summary>What a run with an injection logs.</summary>
    internal IReadOnlyList<StepMetrics> Train(Anneal.Benchmarks.Faults.Injection.Injection injection, int at, int until)
    {
        using var run = new InjectedRun(Corpus, Scale, Seed, injection, at);
        while (!run.Done && run.Trainer.StepCount < until) run.Step();
        return run.Recording.Lines;
    }

    public void Dispose() => Corpus.Dispose();
}
