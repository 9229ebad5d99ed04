using System.Security.Cryptography;
using System.Text;
using Anneal.Lab.Execution;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

internal sealed partial class Campaign
{
    private static readonly Dictionary<string, double> nothing = [];

    /// <summary>
    /// A short run of the champion with a change, for the researcher's eyes only. It is a job like any other, so asking again
    /// costs nothing; its FLOPs are the next experiment's. All diagnoses of a length share seeds and data order.
    /// </summary>
    private async Task<Diagnosis> DiagnoseAsync(int number, int seen, Standing standing, DiagnosisOrder order, CancellationToken cancel)
    {
        var longest = FlopBudget.LongestDiagnosis(spec);
        var fraction = Math.Round(order.Fraction, 3);
        if (!(fraction > 0 && fraction <= longest)) return Refused($"fraction is {order.Fraction:R}: expected above 0 and at most {longest:R} of a full run");
        var proposal = new Proposal { Source = ProposalSource.Model, Hypothesis = "", Mechanism = "", Refutation = "", Change = order.Change, Code = order.Code, Predicted = default };
        var recipe = standing.Champion;
        if (order.Change.Count > 0 || order.Code is not null)
        {
            var trial = await Task.Run(() => Trial.Of(number, proposal, standing.Champion, tried: new HashSet<string>(), FlawOf), cancel).WaitAsync(cancel);
            if (trial.Flaw is { } flaw) return Refused(flaw);
            recipe = trial.Treatment;
        }
        if (executor.FlopsPerStep(recipe) > fraction * recipe.Budget.Flops) return Refused($"{fraction:R} of a full run is less than one step of this recipe");

        var key = $"e{number:00}.diagnosis.{seen}.{Short($"{recipe.Identity()}/{fraction:R}")}";
        var others = ledger.FindRuns(spec.Study, number, RunRole.Diagnosis).Count(run => run.Id != $"{spec.Study}.{key}");
        if (others >= FlopBudget.DiagnosesPerProposal) return Refused($"{FlopBudget.DiagnosesPerProposal} diagnoses a proposal are all that the budget keeps aside; propose now");

        var run = await executor.RunAsync(
            new Job
            {
                Key = key,
                Role = RunRole.Diagnosis,
                Experiment = number,
                Rung = fraction,
                Recipe = Seeded(recipe, $"diagnosis/{fraction}", $"diagnosis/{fraction}") with { Budget = new BudgetConfig { Flops = fraction * recipe.Budget.Flops } },
            }, cancel);
        return new Diagnosis(run, null, executor.LastStep(run.Id)?.Extra ?? nothing, FlopBudget.DiagnosesPerProposal - others - 1);

        static Diagnosis Refused(string why) => new(null, why, nothing, 0);
    }

    private static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
