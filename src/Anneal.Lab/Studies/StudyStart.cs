using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Anneal.Data;
using Anneal.Lab.Reports;
using Anneal.Runs;
using Anneal.Runs.Recipes;

namespace Anneal.Lab.Studies;

/// <summary>The first entry of a study in the ledger, and the check that a later sitting means the same study.</summary>
internal static class StudyStart
{
    /// <summary>Name of the corpus's content hash in a study's provenance.</summary>
    public const string CorpusHash = "corpus_hash";

    /// <summary>
    /// The study and its baseline as they will be run: parallelism is fixed when it starts, and all but time and money stays
    /// as it was. The corpus may lie elsewhere by now; its hash is compared, its name in the recipe stays.
    /// </summary>
    /// <param name="ledger">The lab's.</param>
    /// <param name="asked">The study's file now.</param>
    /// <param name="recipe">Baseline recipe now.</param>
    /// <exception cref="InputException">Something that decides the outcome has changed.</exception>
    public static (StudySpec Spec, Recipe Baseline) Match(Ledger.Ledger ledger, StudySpec asked, Recipe recipe)
    {
        if (ledger.FindStudy(asked.Study) is not { } found)
            return (asked with { Parallel = asked.Parallel > 0 ? asked.Parallel : Environment.ProcessorCount }, Reading(asked.Corpus));
        var spec = asked with { Parallel = asked.Parallel > 0 ? asked.Parallel : found.Spec.Parallel };
        var baseline = Reading(RecipeFile.Parse(found.Baseline, $"{asked.Study}'s baseline").Data.Corpus);
        var changes = StudyChanges.Find(found.Spec, spec, found.Baseline, baseline.ToYaml());
        return changes.Count == 0 ? (spec, baseline) : throw new InputException(asked.Recipe,
            $"study '{asked.Study}' was started with other settings: {string.Join("; ", changes)}. Its evidence holds for those only. "
            + "Put them back to go on, or start a new study: give it another name under `study:`.");

        Recipe Reading(string corpus) => recipe with { Data = recipe.Data with { Corpus = corpus } };
    }

    /// <summary>Records a new study; an old one must still have its corpus.</summary>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="spec">The study.</param>
    /// <param name="baseline">Its baseline.</param>
    /// <param name="corpus">Its corpus.</param>
    /// <exception cref="InputException">The corpus is another one.</exception>
    public static void Record(Ledger.Ledger ledger, StudySpec spec, Recipe baseline, Corpus corpus)
    {
        if (ledger.FindStudy(spec.Study) is not { } found)
        {
            ledger.AddStudy(spec, baseline.ToYaml(), Provenance(spec, baseline, corpus));
            return;
        }
        Compare(spec, found.Provenance, corpus);
    }

    /// <summary>A study goes on with the text that it was started on.</summary>
    /// <param name="spec">The study.</param>
    /// <param name="provenance">Of its start.</param>
    /// <param name="corpus">Its corpus now.</param>
    /// <exception cref="InputException">The corpus is another one.</exception>
    public static void Compare(StudySpec spec, IReadOnlyDictionary<string, string> provenance, Corpus corpus)
    {
        if (provenance.GetValueOrDefault(CorpusHash) is { } started && started != corpus.Manifest.ContentHash)
            throw new InputException(corpus.Directory, $"study '{spec.Study}' was started on corpus {started[..12]}, this is {corpus.Manifest.ContentHash[..12]}. Put the old text back, or start a study under another name.");
    }

    private static Dictionary<string, string> Provenance(StudySpec spec, Recipe baseline, Corpus corpus)
    {
        var provenance = Machine();
        provenance["plan"] = PlanHash.Of(spec, baseline.ToYaml());
        provenance["corpus"] = string.Join("; ", corpus.Manifest.Origin);
        provenance[CorpusHash] = corpus.Manifest.ContentHash;
        return provenance;
    }

    /// <summary>What a study runs on, whatever it studies.</summary>
    public static Dictionary<string, string> Machine() => new()
    {
        ["host"] = Environment.MachineName,
        ["os"] = RuntimeInformation.OSDescription,
        ["cores"] = $"{Environment.ProcessorCount}",
        ["simd"] = Vector512.IsHardwareAccelerated ? "512-bit" : Vector256.IsHardwareAccelerated ? "256-bit" : Vector128.IsHardwareAccelerated ? "128-bit" : "scalar",
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["anneal"] = typeof(Study).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
    };
}
