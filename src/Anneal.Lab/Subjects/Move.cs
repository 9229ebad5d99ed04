using Anneal.Lab.Ledger;

namespace Anneal.Lab.Subjects;

/// <summary>A constant that an experiment moved, and what came of it.</summary>
/// <param name="Key"><c>train.py:MATRIX_LR</c>.</param>
/// <param name="Value">New value as it was written.</param>
/// <param name="Up">Away from zero.</param>
/// <param name="Effect">Measured, positive is better; null where nothing was measured.</param>
/// <param name="Adopted">It became part of the champion.</param>
internal sealed record Move(string Key, string Value, bool Up, double? Effect, bool Adopted)
{
    /// <summary>It made things better, as far as one can see.</summary>
    public bool Helped => Effect > 0;

    /// <summary>Moves of a decided experiment; those whose old value is not in its diff are left out.</summary>
    /// <param name="experiment">Decided.</param>
    public static IEnumerable<Move> Of(ExperimentRecord experiment)
    {
        foreach (var (key, value) in experiment.Proposal.Change)
        {
            if (key.Split(':') is not [var file, var name]) continue;
            var before = (experiment.Proposal.Edits ?? []).Where(edit => edit.Path == file).SelectMany(edit => edit.Hunks ?? [])
                .SelectMany(hunk => Constant.Find(file, hunk.Search)).FirstOrDefault(constant => constant.Name == name);
            var after = Constant.Find(file, $"{name} = {value}");
            if (after is not [var moved] || !double.IsFinite(moved.Value)) continue;
            var up = before is null || Math.Abs(moved.Value) > Math.Abs(before.Value);
            yield return new Move(key, value, up, experiment.Effect, experiment.Adopted);
        }
    }
}
