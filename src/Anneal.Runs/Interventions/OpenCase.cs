using Anneal.Runs.Monitoring;
using Anneal.Runs.Protocol;

namespace Anneal.Runs.Interventions;

/// <summary>
/// What an incident began, followed until the run has recovered or is doomed. The yardstick is the run's own loss before the
/// trouble, frozen: a forecast that goes on learning would make its peace with any level. After a warning only the loss counts.
/// </summary>
/// <param name="incident">The one that opened it.</param>
/// <param name="before">Level and deviation of the loss before it.</param>
/// <param name="patience">Of this run.</param>
internal sealed class OpenCase(Incident incident, (double Level, double Sigma) before, Patience patience)
{
    // A level shift of a few tenths of a nat is harder text, not a lost run.
    private const double FarNats = 0.5, FarSigmas = 4, BackNats = 0.25, BackSigmas = 2;
    private const double Recovering = 0.7, Lasting = 0.6;

    private int above, heard, lasting, fatal, calm;
    private double peak;

    /// <summary>What opened it.</summary>
    public Incident Incident => incident;

    /// <summary>Level of the loss before it, nats a token.</summary>
    public double Before => before.Level;

    /// <summary>The run is as it was before.</summary>
    public bool IsOver => calm >= patience.ForRecovery;

    /// <summary>Why the run is doomed as of this step; null while there is hope.</summary>
    /// <param name="loss">Of this step, nats a token.</param>
    /// <param name="level">Median of the last few finite losses; null for none.</param>
    /// <param name="symptoms">What the detectors see.</param>
    public string? Follow(double loss, double? level, IReadOnlyList<Symptom> symptoms)
    {
        heard++;
        var (acts, lost) = (false, false);
        foreach (var symptom in symptoms)
        {
            if (symptom.Severity != Severity.Act || symptom.Cause == Cause.Infrastructure) continue;
            acts = true;
            lost |= symptom.Fatal;
        }
        if (acts) lasting++;
        fatal = lost ? fatal + 1 : 0;

        var rise = (level ?? double.NaN) - before.Level;
        peak = Math.Max(peak, rise);
        var isFar = !double.IsFinite(loss) || rise > Math.Max(FarNats, FarSigmas * before.Sigma);
        above = isFar ? above + 1 : 0;
        calm = acts || isFar || rise > Math.Max(BackNats, BackSigmas * before.Sigma) ? 0 : calm + 1;

        if (fatal >= Patience.ForRewind) return $"what was lost at step {incident.Step} is still lost {fatal} steps later";
        var wait = incident.Severity == Severity.Act ? patience.ForRecovery : patience.AfterWarning;
        if (above >= wait && !(rise < Recovering * peak && above < 3 * wait))
            return double.IsFinite(rise) && double.IsFinite(loss)
                ? $"the loss has been far above its level before ({before.Level:F2}) for {above} steps, by {rise:F2} nats now"
                : $"the loss has not come back to its level before ({before.Level:F2}) in {above} steps";
        if (heard >= patience.ForLasting && lasting >= Lasting * heard) return $"what showed at step {incident.Step} has lasted for {heard} steps";
        return null;
    }
}
