namespace Anneal.Runs.Interventions;

/// <summary>How long one waits to see, in steps: a share of the run.</summary>
/// <param name="Steps">Steps of the whole run; 0 where unknown.</param>
internal readonly record struct Patience(int Steps)
{
    /// <summary>Fatal symptoms in a row after which nobody will bring the state back.</summary>
    public const int ForRewind = 8;

    private const double ShareOfRun = 0.03;
    private const int Least = 16, Most = 120;

    /// <summary>An intervention on probation.</summary>
    public int ForProbation => Steps > 0 ? Math.Clamp(Steps / 20, 12, 200) : 50;

    /// <summary>A repair that held for so long no longer counts as a try.</summary>
    public int ForTries => Steps > 0 ? Math.Clamp(Steps / 3, 100, 2000) : 1000;

    /// <summary>A loss that does not come back. BLOOM's spike of 2022 came back within 30 steps of some hundred thousand.</summary>
    /// <param name="heard">Steps heard: the run is at least that long.</param>
    public int ForRecovery(long heard) => (int)Math.Clamp(ShareOfRun * Math.Max(Steps, heard), Least, Most);

    /// <summary>What a detector would act on, and goes on seeing.</summary>
    /// <param name="heard">Steps heard.</param>
    public int ForLasting(long heard) => 2 * Least + ForRecovery(heard);
}
