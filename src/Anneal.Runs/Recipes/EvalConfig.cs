namespace Anneal.Runs.Recipes;

/// <summary>Evaluations during the run.</summary>
public sealed record EvalConfig
{
    /// <summary>Steps between evaluation checkpoints; 0 evaluates at the end only.</summary>
    public int Every { get; init; }
}
