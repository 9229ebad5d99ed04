using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Peers;

/// <summary>
/// What holds at every step of healthy runs, after TrainCheck (OSDI '25), which infers relations over a program's API calls and
/// variables; a stream has its signals only. Of each: finite, one sign, constant, never twice the same, and the widest change from one value to
/// the next. Learned from at most 6 runs, as in the paper's largest setting; told when broken, each at most once a run.
/// </summary>
internal sealed class LearnedInvariants
{
    private const int Inputs = 6;

    private readonly Dictionary<string, Habit> habits = new(StringComparer.Ordinal);

    public LearnedInvariants(IEnumerable<RecordedStream> healthy)
    {
        foreach (var run in healthy.Take(Inputs))
        {
            var last = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var step in run.Steps)
            {
                foreach (var (name, value) in Signals(step))
                {
                    if (!habits.TryGetValue(name, out var habit)) habits[name] = habit = new(value);
                    habit.Learn(value, last.TryGetValue(name, out var before) ? before : null);
                    last[name] = value;
                }
            }
        }
    }

    /// <summary>A check of one run.</summary>
    public IPeerRule Check() => new Checker(habits);

    private static IEnumerable<(string Name, double Value)> Signals(StepMetrics step)
    {
        yield return ("train/loss", step.Loss);
        if (step.LearningRate is { } rate) yield return ("train/lr", rate);
        if (step.GradNorm is { } gradient) yield return ("train/grad_norm", gradient);
        if (step.UpdateNorm is { } update) yield return ("train/update_norm", update);
        if (step.ParamNorm is { } parameters) yield return ("train/param_norm", parameters);
        if (step.Nonfinite is { } nonfinite) yield return ("train/nonfinite", nonfinite ? 1 : 0);
        if (step.BatchHash is { } hash) yield return ("data/batch_hash", string.GetHashCode(hash, StringComparison.Ordinal));
        if (step.RepeatFraction is { } repeated) yield return ("data/repeat_fraction", repeated);
        if (step.TokenEntropy is { } entropy) yield return ("data/token_entropy", entropy);
        foreach (var (name, value) in step.Extra) yield return (name, value);
    }

    private sealed class Habit(double first)
    {
        private bool finite = true, positive = true, constant = true, changes = true;
        private double widest = 1;

        public void Learn(double value, double? before)
        {
            finite &= double.IsFinite(value);
            positive &= value > 0;
            constant &= value.Equals(first);
            if (before is not { } last) return;
            changes &= !value.Equals(last);
            widest = Math.Max(widest, Change(value, last));
        }

        public bool IsBroken(double value, double? before) =>
            finite && !double.IsFinite(value)
            || positive && value <= 0
            || constant && !value.Equals(first)
            || !constant && before is { } last && (changes && value.Equals(last) || positive && Change(value, last) > widest);

        private static double Change(double value, double before) => value > 0 && before > 0 ? Math.Max(value / before, before / value) : 1;
    }

    private sealed class Checker(Dictionary<string, Habit> habits) : IPeerRule
    {
        private readonly Dictionary<string, double> last = new(StringComparer.Ordinal);
        private readonly HashSet<string> told = new(StringComparer.Ordinal);

        public Consequence? Hear(StepMetrics step)
        {
            var broken = false;
            foreach (var (name, value) in Signals(step))
            {
                broken |= habits.TryGetValue(name, out var habit) && habit.IsBroken(value, last.TryGetValue(name, out var before) ? before : null) && told.Add(name);
                last[name] = value;
            }
            return broken ? Consequence.Warn : null;
        }
    }
}
