namespace Anneal.Runs.Interventions;

/// <summary>How long one waits to see, in steps: a share of the run, where its length is known.</summary>
/// <param name="Steps">Steps of the whole run; 0 where unknown.</param>
internal readonly record struct Patience(int Steps)
{
    /// <summary>Loss far above its forecast after an incident: BLOOM's spike of 2022 came back within 30 steps.</summary>
    public int ForRecovery => Steps > 0 ? Math.Clamp(Steps / 20, 16, 120) : 40;

    /// <summary>The same after a warning, which is less sure.</summary>
    public int AfterWarning => 2 * ForRecovery;

    /// <summary>What a detector would act on, and goes on seeing.</summary>
    public int ForLasting => ForRecovery + ForRecovery / 4;

    /// <summary>An intervention on probation.</summary>
    public int ForProbation => Steps > 0 ? Math.Clamp(Steps / 20, 12, 200) : 50;

    /// <summary>A state that is lost, while somebody may still go back.</summary>
    public const int ForRewind = 8;

    /// <summary>A repair that held for so long no longer counts as a try.</summary>
    public int ForTries => Steps > 0 ? Math.Clamp(Steps / 3, 100, 2000) : 1000;
}
