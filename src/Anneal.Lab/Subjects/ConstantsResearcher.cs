using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;
using Anneal.Lab.Research;

namespace Anneal.Lab.Subjects;

/// <summary>
/// The built-in researcher of a repository: no network, no language model. It moves one numeric constant at a time on a
/// logarithmic scale: first those that usually matter, both ways; on in the direction that helped; in smaller steps at last.
/// The same record gives the same proposal.
/// </summary>
/// <param name="spec">The study.</param>
/// <param name="repository">Its files.</param>
internal sealed class ConstantsResearcher(StudySpec spec, SubjectRepository repository) : IResearcher
{
    // A first move of this share of the objective is hoped for; large enough to be measured, small enough to be believed.
    private const double HopedShare = 0.005;

    private static readonly double[] steps = [2, 3, 1.4];

    // What usually matters in training comes first; other constants follow in the order of the file.
    private static readonly string[] telling = ["LR", "LEARNING_RATE", "BATCH", "WARM", "DECAY", "MOMENTUM", "DEPTH", "LAYERS", "WIDTH", "DIM", "HEAD", "DROPOUT", "CLIP"];

    /// <inheritdoc/>
    public async Task<Proposal?> ProposeAsync(ResearchQuestion question, CancellationToken cancel)
    {
        var champion = question.Revision ?? throw new InvalidOperationException("asked about no repository");
        var contents = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in spec.Subject!.Edit) contents[file] = await repository.ReadFileAsync(champion.Commit, file, cancel);
        var constants = contents.SelectMany(file => Constant.Find(file.Key, file.Value)).OrderBy(Rank).ToList();
        var past = question.Seen.Experiments.SelectMany(Move.Of).ToList();

        var next = Follow(constants, past) ?? Explore(constants, past);
        return next is not var (constant, value, why) ? null : Propose(constant, value, why, contents[constant.File], question.Seen);
    }

    private static int Rank(Constant constant)
    {
        var at = Array.FindIndex(telling, word => constant.Name.Split('_').Contains(word) || (word.Contains('_') && constant.Name.Contains(word, StringComparison.Ordinal)));
        return at < 0 ? telling.Length : at;
    }

    /// <summary>What helped last may help again: the same constant in the same direction, from where it stands now.</summary>
    private static (Constant Constant, string Value, string Why)? Follow(List<Constant> constants, List<Move> past)
    {
        if (past is not [.., { Helped: true, Adopted: true } last] || constants.Find(c => c.Key == last.Key) is not { } constant) return null;
        var factor = last.Up ? steps[0] : 1 / steps[0];
        return constant.Times(factor) is { } value && !Tried(past, constant, value) ? (constant, value, "The last move in this direction helped; the best value may lie further on.") : null;
    }

    /// <summary>Every constant by the first step, both ways, the more promising way first; then by the next step.</summary>
    private static (Constant Constant, string Value, string Why)? Explore(List<Constant> constants, List<Move> past)
    {
        foreach (var step in steps)
        {
            foreach (var constant in constants)
            {
                var own = past.Where(move => move.Key == constant.Key).ToList();
                // The sign of what was seen so far; without any, upwards first.
                var up = own.Where(move => move.Effect is not null).Sum(move => (move.Up ? 1 : -1) * Math.Sign(move.Effect!.Value)) >= 0;
                foreach (var way in (bool[])[up, !up])
                {
                    // A larger step where a smaller one did harm is not worth a run.
                    if (step > steps[0] && own.Exists(move => move.Up == way && move is { Helped: false, Effect: not null })) continue;
                    if (constant.Times(way ? step : 1 / step) is { } value && !Tried(past, constant, value))
                        return (constant, value, own.Count == 0 ? "Constants chosen by hand are seldom at their best value." : "Earlier moves of this constant point this way, or leave it open.");
                }
            }
        }
        return null;
    }

    private static bool Tried(List<Move> past, Constant constant, string value) => past.Exists(move => move.Key == constant.Key && move.Value == value);

    private Proposal Propose(Constant constant, string value, string why, string content, StudyRecord seen)
    {
        // What moves have done so far says what to expect of the next; the luck of those that helped is halved.
        var noise = PlanningNoise.Sigma(seen.NullPairs.Select(pair => pair.Difference));
        double[] effects = [HopedShare * Math.Abs(seen.BaselineValue() ?? 1), .. seen.Experiments.Select(experiment => experiment.Effect).OfType<double>()];
        var typical = Math.Sqrt(effects.Average(effect => effect * effect));
        return new Proposal
        {
            Source = "constants",
            Hypothesis = $"{constant.Name} = {value} is better than {constant.Text}.",
            Mechanism = why,
            Refutation = $"No lower {spec.Objective} over paired runs.",
            Change = new Dictionary<string, string> { [constant.Key] = value },
            Edits = [constant.Set(value, content)],
            Predicted = new Prediction(Math.Max(effects[0] / 2, effects.Average() / 2), Math.Max(typical, noise > 0 ? noise : 0)),
        };
    }
}
