using Anneal.Lab.Diagnoses;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Lab.SingleRuns;

/// <summary>Passes on what a training says, and lets a model be asked about its incidents. The worker's own policy acts; an opinion comes after the fact.</summary>
/// <param name="run">The run's folder.</param>
/// <param name="choice">Who is asked; null: nobody.</param>
/// <param name="next">Told everything; null for silence.</param>
internal sealed class WatchedTraining(RunDirectory run, DiagnosisChoice? choice, IProgress<WatchEvent>? next) : IProgress<WatchEvent>, IAsyncDisposable
{
    private readonly RunDiagnostician? diagnostician = RunDiagnostician.Open(run, choice, Judge, next);

    public void Report(WatchEvent value)
    {
        next?.Report(value);
        if (value is IncidentRaised { Incident: var incident }) diagnostician?.Hear(incident);
    }

    public ValueTask DisposeAsync() => diagnostician?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string Judge(Advice advice, Incident incident, string source) => AdvicePolicy.Judge(advice, RunDiagnostician.Record("", incident));
}
