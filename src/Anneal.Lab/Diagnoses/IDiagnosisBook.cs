using Anneal.Lab.Ledger;
using Anneal.Runs.Interventions;

namespace Anneal.Lab.Diagnoses;

/// <summary>Where second opinions go: a study's ledger, or a single run's folder.</summary>
internal interface IDiagnosisBook
{
    /// <summary>Whether an opinion on this incident is wanted, and can be paid.</summary>
    bool IsOpenTo(IncidentRecord incident);

    /// <summary>Takes an opinion, settles what becomes of it, and writes both down.</summary>
    /// <param name="advice">From the model, within bounds.</param>
    /// <param name="incident">What it is about.</param>
    /// <param name="model">Who gave it.</param>
    void Take(Advice advice, IncidentRecord incident, string model);
}
