using System.Diagnostics;
using Anneal.Data;

namespace Anneal.Tests.Data;

public class PrepareKillTests
{
    [Fact]
    public void Killed_at_any_moment_a_preparation_leaves_a_whole_corpus_or_none()
    {
        using var place = new Workplace();
        var random = new Random(1);
        var source = place.WriteDocuments("in.jsonl", Enumerable.Range(0, 4000).Select(i => (Words.Text(random, 250), $"domain{i % 7}")));
        var whole = Corpus.Prepare(source, place.Path("whole")).Manifest.ContentHash;
        var (cut, target) = (0, place.Path("out"));
        for (var attempt = 0; attempt < 8; attempt++)
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "anneal.dll"), "data", "prepare", source, "--out", target])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            // From the moment that it begins to write, somewhere within the time that writing takes.
            var deadline = Stopwatch.StartNew();
            while (!process.HasExited && !Directory.Exists(target + ".partial") && deadline.Elapsed < TimeSpan.FromSeconds(60))
                Thread.Sleep(1);
            Thread.Sleep(attempt * 80);
            process.Kill();
            process.WaitForExit();
            if (Directory.Exists(target))
            {
                Corpus.Open(target).Manifest.ContentHash.ShouldBe(whole);
                Directory.Delete(target, recursive: true);
            }
            else
            {
                cut++;
            }
        }
        cut.ShouldBeGreaterThan(0, "no kill came in time to interrupt anything");
        Corpus.Prepare(source, target).Manifest.ContentHash.ShouldBe(whole);
        Directory.Exists(target + ".partial").ShouldBeFalse();
    }
}
