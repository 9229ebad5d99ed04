using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Diagnoses;

/// <summary>A short conversation about one incident.</summary>
internal static class Consultation
{
    private static readonly ConversationOptions brief = new() { Turns = 4, MaxTokens = 4096, Reminder = "Call diagnose with your best judgement; a low confidence is welcome." };

    /// <summary>Shows the evidence and takes the advice.</summary>
    /// <param name="desk">Where it is asked.</param>
    /// <param name="conversation">Its name in the ledger.</param>
    /// <param name="incident">What was seen.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The advice, null where there is none; and who gave it.</returns>
    public static async Task<(Advice? Advice, string Model)> HoldAsync(ModelDesk desk, string conversation, IncidentRecord incident, RunDirectory run, CancellationToken cancel)
    {
        Advice? advice = null;
        var end = await new Conversation(desk, conversation, Evidence.Rules, [DiagnoseTool.Create(given => advice = given)], brief).RunAsync(Evidence.Of(incident, run), cancel);
        return (advice, end.Model);
    }
}
