using Anneal.Lab.Ledger;

namespace Anneal.Benchmarks.Durability;

// Runs a study in a process of its own and kills it, a worker of it, or both, at random moments; then lets it end.
public sealed class KillingSpree(TinyStudy tiny, string lab, int seed)
{
    private readonly Random random = new(seed);

    public int StudiesKilled { get; private set; }

    public int WorkersKilled { get; private set; }

    public async Task<StudyRecord> RunAsync(int kills, TimeSpan longest, CancellationToken cancel)
    {
        while (true)
        {
            using var study = DurabilitySuite.StartSitting(tiny.Folder, lab);
            while (StudiesKilled + WorkersKilled < kills)
            {
                // Log-uniform: the first moments of a sitting matter as much as the later ones.
                var delay = TimeSpan.FromMilliseconds(20 * Math.Pow(longest.TotalMilliseconds / 20, random.NextDouble()));
                if (await Task.WhenAny(study.WaitForExitAsync(cancel), Task.Delay(delay, cancel)) is var first && study.HasExited) break;
                await first;
                var victim = random.Next(5);
                if (victim >= 3) KillWorker();
                if (victim == 4 || victim < 3)
                {
                    study.Kill();
                    StudiesKilled++;
                    break;
                }
            }
            await study.WaitForExitAsync(cancel);
            if (study.ExitCode is not (0 or 137)) throw new InvalidOperationException($"the sitting ended with {study.ExitCode}: {await study.StandardError.ReadToEndAsync(cancel)}");
            if (study.ExitCode == 0) break;
        }
        using var ledger = Ledger.Open(lab);
        return ledger.ReadStudy("tiny");
    }

    private void KillWorker()
    {
        if (!Ledger.Exists(lab)) return;
        using var ledger = Ledger.Open(lab);
        var children = ledger.ReadOpenAttempts().Where(attempt => attempt.Process is { IsAlive: true }).ToList();
        if (children.Count == 0) return;
        children[random.Next(children.Count)].Process!.Value.Kill();
        WorkersKilled++;
    }
}
