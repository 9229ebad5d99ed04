using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>
/// What an incident began, followed until the run has recovered or is doomed. The yardstick is the run's own loss before the
/// trouble, frozen: a forecast that goes on learning would make its peace with any level. After a warning only the loss counts.
/// </summary>
/// <param name="incident">The one that opened it.</param>
/// <param name="before">Level and deviation of the loss before it.</param>
/// <param name="wait">Steps that the loss has to come back; twice as many after a warning.</param>
/// <param name="last">Steps that what would be acted on may go on.</param>
internal sealed class OpenCase(Incident incident, (double Level, double Sigma) before, int wait, int last)
{
    // After a warning: a level shift of a few tenths of a nat is harder text, not a lost run.
    private const double FarNats = 0.5, FarSigmas = 2.5;
    // After an act that much of what was learned must be back.
    private const double BackNats = 0.15, BackSigmas = 1.5;
    private const double Recovering = 0.7, Lasting = 0.6;
    // Some signals are read every so many steps only.
    private const int Reading = 20;

    private readonly bool isAct = incident.Severity == Severity.Act;
    private int above, heard, lasting, fatal, calm, sinceAct = Reading, sinceModel = Reading;
    private double peak;

    /// <summary>What opened it.</summary>
    public Incident Incident => incident;

    /// <summary>Level of the loss before it, nats a token.</summary>
    public double Before => before.Level;

    /// <summary>Deviation of a step's loss before it.</summary>
    public double Sigma => before.Sigma;

    /// <summary>The run is as it was before.</summary>
    public bool IsOver => calm >= wait;

    /// <summary>Why the run is doomed as of this step; null while there is hope.</summary>
    /// <param name="loss">Of this step, nats a token.</param>
    /// <param name="level">Median of the last few finite losses; null for none.</param>
    /// <param name="symptoms">What the detectors see.</param>
    public string? Follow(double loss, double? level, IReadOnlyList<Symptom> symptoms)
    {
        heard++;
        sinceAct++;
        sinceModel++;
        var lost = false;
        foreach (var symptom in symptoms)
        {
            if (symptom.Severity != Severity.Act || symptom.Cause == Cause.Infrastructure) continue;
            if (symptom is { Cause: Cause.Model, Fatal: false }) sinceModel = 0;
            else sinceAct = 0;
            lost |= symptom.Fatal;
        }
        var rise = (level ?? double.NaN) - before.Level;
        // Units that are dead, or a block that is frozen, cost what the loss says, and no more.
        var stands = sinceAct < Reading || (sinceModel < Reading && Harm.Shows(rise, before.Sigma));
        if (stands) lasting++;
        fatal = lost ? fatal + 1 : 0;

        peak = Math.Max(peak, rise);
        var isAway = !double.IsFinite(loss) || rise > (isAct ? Math.Max(BackNats, BackSigmas * before.Sigma) : Math.Max(FarNats, FarSigmas * before.Sigma));
        above = isAway ? above + 1 : 0;
        calm = stands || isAway ? 0 : calm + 1;

        if (fatal >= Patience.ForRewind) return $"what was lost at step {incident.Step} is still lost {fatal} steps later";
        if (above >= Wait && !(rise < Recovering * peak && above < 3 * Wait))
            return double.IsFinite(rise) && double.IsFinite(loss)
                ? $"the loss has been above its level before ({before.Level:F2}) for {above} steps, by {rise:F2} nats now"
                : $"the loss has not come back to its level before ({before.Level:F2}) in {above} steps";
        if (stands && heard >= last && lasting >= Lasting * heard) return $"what showed at step {incident.Step} has lasted for {heard} steps";
        return null;
    }

    private int Wait => isAct ? wait : 2 * wait;
}
