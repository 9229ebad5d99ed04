using Anneal.Engine.Kernels;
using Anneal.Engine.Models;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>Measures a model on held-out text and reads what it writes, as a trainer's own evaluation does.</summary>
internal sealed class HeldOut : IDisposable
{
    private const int Rows = 8, Samples = 8, SampleTokens = 48;

    private readonly FaultCorpus corpus;
    private readonly ThreadTeam team = new(1);
    private readonly Scorer scorer;
    private readonly Sampler sampler;
    private readonly int[] tokens, targets;
    private readonly float[] nats;

    public HeldOut(FaultCorpus corpus, Transformer model)
    {
        this.corpus = corpus;
        scorer = new(model, Rows, model.Config.Context, team);
        sampler = new(model, team);
        var length = Rows * model.Config.Context;
        (tokens, targets, nats) = (new int[length], new int[length], new float[length]);
    }

    /// <summary>Loss of all domains and of each, nats per token.</summary>
    public void Evaluate(Dictionary<string, double> signals)
    {
        double sum = 0;
        foreach (var domain in corpus.Domains) sum += signals[$"val/loss/{domain.Name}"] = Loss(domain.Held);
        signals["val/loss"] = sum / corpus.Domains.Count;
    }

    /// <summary>Loss on text that no run can have seen, nats per token.</summary>
    public double Test() => corpus.Domains.Average(domain => Loss(domain.Test));

    /// <summary>Loss of one fixed batch, nats per token.</summary>
    public double Probe() => Loss(corpus.Domains[0].Held.AsSpan(0, tokens.Length + 1));

    /// <summary>Share of different pairs of tokens in sampled text, and of samples that end by themselves.</summary>
    public void Sample(Dictionary<string, double> signals, int seed)
    {
        int pairs = 0, ended = 0;
        var distinct = new HashSet<(int, int)>();
        for (var number = 0; number < Samples; number++)
        {
            var text = sampler.Sample([FaultCorpus.EndOfText], new() { Tokens = SampleTokens, Temperature = 0.8, Seed = seed * 100 + number, StopToken = FaultCorpus.EndOfText });
            if (text.Length < SampleTokens) ended++;
            for (var i = 1; i < text.Length; i++, pairs++) distinct.Add((text[i - 1], text[i]));
        }
        signals["sample/distinct_2"] = pairs == 0 ? 0 : (double)distinct.Count / pairs;
        signals["sample/eos_rate"] = (double)ended / Samples;
    }

    public void Dispose()
    {
        scorer.Dispose();
        sampler.Dispose();
        team.Dispose();
    }

    private double Loss(ReadOnlySpan<int> held)
    {
        double total = 0;
        for (var at = 0; at + 1 < held.Length; at += tokens.Length)
        {
            var count = Math.Min(tokens.Length, held.Length - 1 - at);
            targets.AsSpan().Fill(-1);
            held.Slice(at, count).CopyTo(tokens);
            held.Slice(at + 1, count).CopyTo(targets);
            scorer.Score(tokens, targets, nats);
            foreach (var value in nats) total += value;
        }
        return total / (held.Length - 1);
    }
}
