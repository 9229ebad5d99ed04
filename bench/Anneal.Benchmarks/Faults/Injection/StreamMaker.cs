using System.Diagnostics;
using System.IO.Compression;
using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>Trains the runs of a set and writes their streams: <c>--make DIR [--half tuning|hidden] [--seeds N] [--scales N]</c>.</summary>
internal sealed class StreamMaker
{
    private readonly string home;
    private readonly FaultCorpus corpus;
    private readonly StreamChoice choice;

    private StreamMaker(string home, FaultCorpus corpus, StreamChoice choice) => (this.home, this.corpus, this.choice) = (home, corpus, choice);

    /// <summary>Makes a set in place of an earlier one in the folder. Each half has seeds of its own, and the hidden one more faults.</summary>
    public static IEnumerable<BenchmarkRow> Run(string[] args)
    {
        var folder = StreamChoice.Value(args, "--make") ?? throw new ArgumentException("faults: name a folder: --make DIR");
        var runs = StreamChoice.Parse(args);
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, "index.jsonl"));
        using var text = FaultCorpus.Open();
        var maker = new StreamMaker(folder, text, runs);
        var start = Stopwatch.GetTimestamp();
        foreach (var scale in Scale.All.Take(runs.Scales)) maker.Make(scale);
        yield return BenchmarkRow.Of("streams", StreamSet.Open(folder).Entries.Count, "", $"{runs.Scales} sizes, {runs.Seeds} seeds, {FaultTable.All.Count} faults in all, {DecoyTable.All.Count} decoys");
        yield return BenchmarkRow.Of("training took", Stopwatch.GetElapsedTime(start).TotalSeconds, "s", "one thread");
    }

    private void Make(Scale scale)
    {
        var clean = choice.SeedNumbers.Select(seed => new CleanRun(corpus, scale, seed, choice.Faults)).ToList();
        var sigma = CleanRun.Sigma(clean);
        Console.Error.WriteLine($"size {scale.Number}: final loss {clean.Average(run => run.FinalLoss):F4} +- {sigma:F4} of {clean.Count} seeds");
        foreach (var run in clean)
        {
            using (run)
            {
                Write(run.Run.Recording, Entry(run, StreamKind.Clean, "clean"));
                foreach (var (fault, at) in run.Injections) Write(run, fault, at, sigma);
                foreach (var decoy in DecoyTable.All) Write(run, decoy);
            }
        }
    }

    private void Write(CleanRun clean, Fault fault, int at, double sigma)
    {
        using var run = clean.Fork(fault.Injection, at);
        while (!run.Done) run.Step();
        var harm = run.Recording.Ended ? 0 : run.FinalLoss() - clean.FinalLoss;
        Write(run.Recording, Entry(clean, StreamKind.Fault, fault.Name, fault.Number) with
        {
            Cause = fault.Causes,
            Pace = fault.Pace,
            Inject = Math.Max(1, at + fault.Delay),
            Twin = Entry(clean, StreamKind.Clean, "clean").Stream,
            Harm = Math.Round(harm, 4),
            Harmed = harm > 2 * sigma,
        });
        Console.Error.WriteLine($"size {clean.Scale.Number} seed {clean.Seed}: {fault.Number,2} {fault.Name,-26} from {at,4}: harm {harm,8:F4}{(harm > 2 * sigma ? "" : "  (within two sigmas)")}");
    }

    private void Write(CleanRun clean, Decoy decoy)
    {
        using var run = new InjectedRun(corpus, clean.Scale, clean.Seed, decoy.Injection, 1 + (int)(decoy.From * clean.Scale.Steps));
        while (!run.Done) run.Step();
        Write(run.Recording, Entry(clean, StreamKind.Decoy, decoy.Name));
        Console.Error.WriteLine($"size {clean.Scale.Number} seed {clean.Seed}: {decoy.Name,-29} ends at {run.FinalLoss():F4}");
    }

    private StreamEntry Entry(CleanRun run, StreamKind kind, string name, int? number = null)
    {
        var label = number is null ? name : $"f{number:00}-{name}";
        var stream = $"{label}-m{run.Scale.Number}-s{run.Seed}.jsonl.gz";
        return new() { Stream = stream, Kind = kind, Name = name, Number = number, Steps = run.Scale.Steps, Model = run.Scale.Number, Seed = run.Seed, Half = choice.Half, Sparse = kind != StreamKind.Clean && Hash(stream) % 3 == 0 };
    }

    private void Write(Recording recording, StreamEntry entry)
    {
        var path = Path.Combine(home, entry.Stream);
        var plain = path + ".tmp";
        File.Delete(plain);
        using (var writer = new MetricsWriter(plain))
            foreach (var line in recording.Lines) writer.Write(entry.Sparse ? Sparse(line) : line);
        using (var from = File.OpenRead(plain))
        using (var to = new GZipStream(File.Create(path), CompressionLevel.Optimal))
            from.CopyTo(to);
        File.Delete(plain);
        StreamSet.Append(home, entry);
    }

    private static StepMetrics Sparse(StepMetrics line) => new() { Step = line.Step, Loss = line.Loss, GradNorm = line.GradNorm, LearningRate = line.LearningRate, Time = line.Time };

    private static uint Hash(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name) hash = (hash ^ c) * 16777619;
        return hash >> 8;
    }
}
