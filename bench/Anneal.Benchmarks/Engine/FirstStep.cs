using System.Diagnostics;
using Anneal.Runs.Recipes;

namespace Anneal.Benchmarks.Engine;

/// <summary>How long a fresh process takes to its first finished step: loading, compiling, building and stepping.</summary>
internal static class FirstStep
{
    /// <summary>The verb that a child of this program gets.</summary>
    public const string Verb = "first-step";

    public static BenchmarkRow Measure(string recipe)
    {
        double best = double.MaxValue;
        for (int i = 0; i < 5; i++) best = Math.Min(best, Time(recipe));
        return BenchmarkRow.AtMost("process start to the first step, the sample's model", best, "s", 0.5, "a fresh process each, best of 5; random tokens");
    }

    /// <summary>The child's part: read the recipe, build the trainer, step once, say so.</summary>
    public static int Run(string recipe)
    {
        using var run = new SyntheticRun(TrainingRows.OptionsOf(RecipeFile.Load(recipe)));
        run.Step();
        Console.WriteLine("done");
        return 0;
    }

    private static double Time(string recipe)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) is "dotnet") start.ArgumentList.Add(typeof(FirstStep).Assembly.Location);
        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(recipe);
        long from = Stopwatch.GetTimestamp();
        using Process child = Process.Start(start)!;
        string? line = child.StandardOutput.ReadLine();
        double seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        child.WaitForExit();
        return line == "done" ? seconds : throw new InvalidOperationException($"The child ended with {child.ExitCode} before its first step.");
    }
}
