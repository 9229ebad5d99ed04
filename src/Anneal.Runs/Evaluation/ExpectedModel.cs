using Anneal.Engine.Training;
using Anneal.Runs.Recipes;

namespace Anneal.Runs.Evaluation;

/// <summary>What a checkpoint must be: the end of the run that was ordered, and of no other.</summary>
/// <param name="Recipe">The run's recipe.</param>
/// <param name="Vocab">Vocabulary of its tokenizer.</param>
/// <param name="Steps">Steps of the whole run.</param>
public sealed record ExpectedModel(Recipe Recipe, int Vocab, long Steps)
{
    // Options and a cursor; far below this.
    private const long LargestState = 16 << 20;

    /// <summary>Compares what a checkpoint says of itself, before anything as large as it claims is allocated.</summary>
    /// <param name="checkpoint">Folder of the saved state.</param>
    /// <exception cref="FoulPlayException">It is of another run, or not of its end.</exception>
    internal void Check(string checkpoint)
    {
        foreach (var file in Directory.Exists(checkpoint) ? new DirectoryInfo(checkpoint).EnumerateFileSystemInfos() : [])
            if (file is not FileInfo { LinkTarget: null } plain || (plain.Extension == ".json" && plain.Length > LargestState)) throw Tampered($"holds `{file.Name}`, which is no plain file of a saved state");
        TrainerOptions there;
        long step;
        try
        {
            (there, step) = Checkpoint.Describe(checkpoint);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Tampered($"cannot be read: {e.Message}");
        }
        if (step != Steps) throw Tampered($"is of step {step}; the run has {Steps}");
        var here = RunLength.ToOptions(Recipe, Vocab, Steps, there.Threads);
        if (there != here) throw Tampered($"is of a run with other options: there {Differing(there, here)}, ordered {Differing(here, there)}");
    }

    private static FoulPlayException Tampered(string what) => new("checkpoint_tampered", $"The checkpoint {what}.");

    private static string Differing(TrainerOptions one, TrainerOptions other)
    {
        if (one.Vocab != other.Vocab) return $"vocabulary {one.Vocab}";
        if (one.Model != other.Model) return $"{one.Model}";
        if (one.Steps != other.Steps) return $"{one.Steps} steps";
        if (one.BatchTokens != other.BatchTokens) return $"batches of {one.BatchTokens} tokens";
        if (one.Seed != other.Seed) return $"seed {one.Seed}";
        if (one.Optimizer != other.Optimizer) return $"{one.Optimizer}";
        return one.Schedule != other.Schedule ? $"{one.Schedule}" : "other code";
    }
}
