namespace Anneal.Lab;

/// <summary>
/// What the parts of a study can cost at most, in counted training FLOPs, and whether the next one may start. Every answer
/// depends only on the study and on decided experiments, so an interrupted study decides as an undisturbed one.
/// </summary>
/// <param name="spec">The study.</param>
/// <param name="full">FLOPs of one full run, from the baseline recipe.</param>
public sealed class FlopBudget(StudySpec spec, double full)
{
    // An experiment that could not be given this many pairs after its screening is not begun.
    private const int WorthwhilePairs = 3;

    /// <summary>Runs side by side: as the study says, or the machine's cores.</summary>
    public int Parallel { get; } = spec.Parallel > 0 ? spec.Parallel : Environment.ProcessorCount;

    /// <summary>The study's limit; infinite where it has none.</summary>
    public double Limit { get; } = spec.Budget.Flops ?? double.PositiveInfinity;

    /// <summary>Baseline seeds, null pairs and nudge pairs (these share the baseline's seeds).</summary>
    public double Noise { get; } = (spec.Noise.NullPairs + spec.Noise.NudgePairs + Math.Max(spec.Noise.NullPairs, spec.Noise.NudgePairs)) * full;

    /// <summary>One experiment's rungs, both arms: the champion's are shared, but may be new.</summary>
    public double Screening { get; } = 2 * spec.Rungs.Sum() * full;

    /// <summary>
    /// Diagnoses that a language model may ask for before one proposal; they are the experiment's. Zero without a model, and
    /// where the limit has no room for them.
    /// </summary>
    public double Diagnosis { get; } = DiagnosisFor(spec, full);

    /// <summary>Most diagnoses before one proposal.</summary>
    public const int DiagnosesPerProposal = 2;

    /// <summary>Longest diagnosis, as a fraction of a full run: the first rung.</summary>
    /// <param name="spec">The study.</param>
    public static double LongestDiagnosis(StudySpec spec) => spec.Rungs.FirstOrDefault(0.25);

    /// <summary>One confirmation pair.</summary>
    public double Pair { get; } = 2 * full;

    /// <summary>The sealed comparison; kept aside from the start.</summary>
    public double Seal { get; } = 2 * spec.Noise.SealedPairs * full;

    /// <summary>Least limit of a sensible study: noise, one experiment with all of its pairs, and the seal.</summary>
    public double Least => Noise + Parallel * Screening + spec.Acceptance.MaxPairs * Pair + Seal;

    /// <summary>May another experiment be proposed?</summary>
    /// <param name="spent">FLOPs of the noise and of the decided experiments that the proposal sees.</param>
    public bool AllowsExperiment(double spent) =>
        spent + Parallel * (Screening + Diagnosis) + Math.Min(WorthwhilePairs, spec.Acceptance.MaxPairs) * Pair + Seal <= Limit;

    /// <summary>May an experiment have another confirmation pair, with the later experiments' diagnoses and screening kept aside?</summary>
    /// <param name="spent">FLOPs of the noise, of all earlier experiments and of this one so far.</param>
    public bool AllowsPair(double spent) => spent + (Parallel - 1) * (Screening + Diagnosis) + Pair + Seal <= Limit;

    private static double DiagnosisFor(StudySpec spec, double full)
    {
        if (!ResearcherChoice.IsPaid(spec.Researcher) && spec.Researcher != ResearcherChoice.Replay) return 0;
        var diagnosis = DiagnosesPerProposal * LongestDiagnosis(spec) * full;
        var without = new FlopBudget(spec with { Researcher = ResearcherChoice.Embedded }, full);
        return without.Least + without.Parallel * diagnosis <= without.Limit ? diagnosis : 0;
    }

    /// <summary>The parts of <see cref="Least"/>, in words.</summary>
    public string Describe() =>
        $"{Noise:G4} for the baseline and its noise, {Parallel * Screening:G4} for screening {Parallel} experiments side by side, "
        + $"{spec.Acceptance.MaxPairs * Pair:G4} for {spec.Acceptance.MaxPairs} confirmation pairs and {Seal:G4} for the sealed comparison, at {full:G4} a run";
}
