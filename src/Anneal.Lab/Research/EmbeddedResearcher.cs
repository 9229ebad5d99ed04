using System.Globalization;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research.Ideas;
using Anneal.Lab.Research.Search;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Research;

/// <summary>
/// The built-in researcher: no network, no language model, no clock. It weighs known ideas, bundles of suggestive results and
/// a model-based search over the study's knobs by expected useful effect; the same record gives the same proposal.
/// </summary>
/// <param name="spec">The study: its space, its seed, its limits.</param>
public sealed class EmbeddedResearcher(StudySpec spec) : IResearcher
{
    /// <summary>Every so many proposals the search has its turn, whatever the ideas promise.</summary>
    private const int SearchTurn = 3;

    /// <summary>Experiments that the library's priors are worth against measured ideas: one or two failures say little about the rest.</summary>
    private const double CalibrationWeight = 6;

    /// <summary>Sd of the objective over the knobs before anything is known, as a share of its value.</summary>
    private const double TypicalShare = 0.01;

    private readonly Idea[] ideas = [.. IdeaLibrary.Allowed(spec.Space)];

    /// <inheritdoc/>
    public Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel) =>
        Task.Run(() => Propose(question.Seen, question.Champion, question.Tried, question.Number), cancel);

    /// <summary>The next experiment, or null when nothing is left to try.</summary>
    /// <param name="seen">All that the study has recorded so far, as far as this proposal may see it.</param>
    /// <param name="champion">Recipe to beat; changes are relative to it.</param>
    /// <param name="triedIdentities">Identities (<see cref="ExperimentIdentity"/>) of every experiment proposed so far.</param>
    /// <param name="number">Number of the proposal, from 1.</param>
    public Proposal? Propose(StudyRecord seen, Recipe champion, IReadOnlySet<string> triedIdentities, int number)
    {
        var memory = new StudyMemory(spec, seen, champion);
        var fresh = new Novelty(memory, champion, triedIdentities);
        var search = new KnobSearch(memory.Space, TypicalShare * memory.Level, memory.Useful);
        var model = search.Model(memory.Observations);

        var known = Ideas(memory, champion, fresh, model).Concat(Bundles(memory, champion, fresh)).MaxBy(c => c.Value);
        var found = Search(memory, search, model, champion, fresh, number);
        if (found is null || known is null) return (found ?? known)?.Proposal;
        // Between its turns the search comes first only for what it expects, not for what it doubts.
        return number % SearchTurn == 0 || found.Predicted.Mean > known.Predicted.Mean ? found.Proposal : known.Proposal;
    }

    private IEnumerable<Candidate> Ideas(StudyMemory memory, Recipe champion, Novelty fresh, PairedProcess model)
    {
        double calibration = Calibration(memory);
        foreach (var idea in ideas)
        {
            string source = $"idea:{idea.Id}";
            if (memory.Experiments.Any(e => e.Experiment.Proposal.Source == source)) continue;
            if (idea.Change(champion, spec) is not { } change || fresh.Apply(change) is not { } changed) continue;
            var belief = Belief.OfIdea(idea.Probability, calibration * idea.GainPercent / 100 * memory.Level);
            double[] point = memory.Point(changed);
            var (mean, sd) = model.Predict(memory.Champion, point);
            belief = belief.Learn(mean, sd, model.PriorSd(memory.Champion, point));
            yield return new(belief.Improvement(memory.Useful), new Proposal
            {
                Source = source,
                Hypothesis = idea.Hypothesis,
                Mechanism = idea.Mechanism,
                Refutation = idea.Refutation,
                Change = change,
                Predicted = new(belief.Mean, belief.Sd),
            });
        }
    }

    /// <summary>Pairs of results that looked better but fell short alone: together their effect may be large enough to prove.</summary>
    private static IEnumerable<Candidate> Bundles(StudyMemory memory, Recipe champion, Novelty fresh)
    {
        var promising = memory.Experiments
            // What code did is not in its keys.
            .Where(e => e.Experiment is { Verdict: Verdict.Suggestive or Verdict.Inconclusive, Effect: > 0, Pairs.Count: > 0, Proposal.Code: null }).ToArray();
        for (int i = 0; i < promising.Length; i++)
        {
            for (int j = i + 1; j < promising.Length; j++)
            {
                var (a, b) = (promising[i].Experiment, promising[j].Experiment);
                if (a.Proposal.Change.Keys.Intersect(b.Proposal.Change.Keys).Any()) continue;
                var change = a.Proposal.Change.Concat(b.Proposal.Change).ToDictionary(p => p.Key, p => p.Value);
                if (fresh.Apply(change) is null) continue;
                // Each mean is shrunk towards zero by its own noise; the two rarely add up in full.
                double mean = 0.8 * (Shrunk(a, memory.Noise) + Shrunk(b, memory.Noise));
                var belief = new Belief(mean, Math.Max(memory.Noise / 2, mean / 2));
                yield return new(belief.Improvement(memory.Useful), new Proposal
                {
                    Source = "combine",
                    Hypothesis = $"Experiments {a.Id} and {b.Id} both looked better; together they are large enough to prove.",
                    Mechanism = $"Their changes touch different settings ({string.Join(", ", change.Keys)}), so their effects should nearly add up.",
                    Refutation = "The pair of changes gains no more than the larger of the two alone.",
                    Change = change,
                    Predicted = new(belief.Mean, belief.Sd),
                });
            }
        }

        static double Shrunk(ExperimentRecord e, double noise)
        {
            double effect = e.Effect!.Value, variance = noise * noise / e.Pairs.Count;
            return effect * effect * effect / (effect * effect + variance);
        }
    }

    private Candidate? Search(StudyMemory memory, KnobSearch search, PairedProcess model, Recipe champion, Novelty fresh, int number)
    {
        var random = new Random(unchecked((int)Seeds(spec.Seed, number)));
        var suggestion = search.Suggest(memory.Observations, memory.Attempts, memory.Champion, p => fresh.Apply(Change(p)) is not null, random);
        if (suggestion is null) return null;
        var change = Change(suggestion.Point);
        return new(suggestion.Value, new Proposal
        {
            Source = "search",
            Hypothesis = $"{string.Join(", ", change.Select(c => $"{c.Key} {RecipeKeys.Find(c.Key)!.Get(champion)} -> {c.Value}"))} lowers {spec.Objective} by about {Math.Max(suggestion.Mean, 0).ToString("G2", CultureInfo.InvariantCulture)}.",
            Mechanism = Explain(memory, model),
            Refutation = "The paired difference at the full budget is zero or negative.",
            Change = change,
            Predicted = new(suggestion.Mean, suggestion.Sd),
        });

        IReadOnlyDictionary<string, string> Change(double[] point) => Enumerable.Range(0, memory.Space.Searched)
            .Where(j => Math.Abs(point[j] - memory.Champion[j]) > 1e-3)
            .ToDictionary(j => memory.Space.Knobs[j].Key, j => memory.Space.Decode(j, point[j]));
    }

    private static string Explain(StudyMemory memory, PairedProcess model)
    {
        if (memory.Observations.Count == 0) return "Nothing is measured yet: the search explores where the untuned settings may gain most.";
        var top = model.Relevances.Select((share, j) => (share, memory.Space.Knobs[j].Key)).OrderByDescending(x => x.share).Take(3);
        return $"A Gaussian process over {memory.Observations.Count} measured differences attributes most of the variation to "
            + $"{string.Join(", ", top.Select(x => $"{x.Key} ({x.share:P0})"))}.";
    }

    /// <summary>How large measured effects were against predicted ones, for ideas: 1 before any, never below 0.3 or above 2.</summary>
    private static double Calibration(StudyMemory memory)
    {
        double weight = CalibrationWeight, sum = CalibrationWeight;
        foreach (var e in memory.Experiments.Select(m => m.Experiment))
        {
            if (e.Effect is not { } effect || !e.Proposal.Source.StartsWith("idea:", StringComparison.Ordinal)) continue;
            double predicted = e.Proposal.Predicted.Mean, scale = predicted * predicted + memory.Noise * memory.Noise;
            weight += predicted * predicted / scale;
            sum += predicted * effect / scale;
        }

        return Math.Clamp(sum / weight, 0.3, 2);
    }

    private static long Seeds(long seed, int number) => (seed * 1_000_003 + number) * 7_919;

    /// <summary>A proposal and its expected useful effect.</summary>
    private sealed record Candidate(double Value, Proposal Proposal)
    {
        public Prediction Predicted => Proposal.Predicted;
    }
}
