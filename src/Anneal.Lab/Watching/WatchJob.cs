using Anneal.Lab.Diagnoses;
using Anneal.Runs;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Lab.Watching;

/// <summary>One command to be watched: what it is, and what may be done about it.</summary>
public sealed record WatchJob
{
    /// <summary>The program and its arguments; at least one word.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Where it is written down; the command finds it in <c>ANNEAL_RUN_DIR</c>.</summary>
    public required string Directory { get; init; }

    /// <summary>Observe writes down; act repairs what the trainer can do, else ends the command.</summary>
    public MonitorPolicy Policy { get; init; } = MonitorPolicy.Observe;

    /// <summary>How often a crashed command is started again; 0 never.</summary>
    public int Restarts { get; init; }

    /// <summary>Wait before the first restart; doubled for each further one.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Steps of the whole run; 0: as the command says, if it does.</summary>
    public int Steps { get; init; }

    /// <summary>A recorded run to compare with: its folder, or a file in the form of <c>metrics.jsonl</c>; null for none.</summary>
    public string? Reference { get; init; }

    /// <summary>Folder of TensorBoard event files that carry the steps; null: as the command line says, if it does.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>Whether a language model is asked about incidents; null: none.</summary>
    public DiagnosisChoice? Diagnose { get; init; }

    /// <summary>Folder of a lab whose ledger takes in what was done to the run; null for none.</summary>
    public string? Lab { get; init; }

    /// <summary>How long the command may take to end after it was asked to.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a trainer that goes on training may leave a command unanswered, at least.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where it goes by itself: <c>runs/watch-20260131-235959</c> below the working directory.</summary>
    /// <param name="now">UTC.</param>
    public static string DefaultDirectory(DateTime now)
    {
        var path = Path.Combine("runs", $"watch-{now:yyyyMMdd-HHmmss}");
        for (var i = 2; System.IO.Directory.Exists(path); i++) path = Path.Combine("runs", $"watch-{now:yyyyMMdd-HHmmss}-{i}");
        return path;
    }

    /// <summary>Runs the command to its end.</summary>
    /// <param name="output">Where its standard output goes.</param>
    /// <param name="errors">Where its standard error goes.</param>
    /// <param name="events">Told what happens.</param>
    /// <exception cref="InputException">The folder, or that of the lab, cannot be used, or an argument is wrong; nothing was started.</exception>
    public async Task<WatchResult> RunAsync(Stream output, Stream errors, IProgress<WatchEvent>? events = null)
    {
        using var watch = LiveWatch.Open(this, events);
        return await watch.RunAsync(output, errors);
    }
}
