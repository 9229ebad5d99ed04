using System.Diagnostics;
using Anneal.Lab.Execution;

namespace Anneal.Tests.Lab.Judge;

public class SandboxDeathTests
{
    [Fact]
    public async Task Kill_9_of_the_lab_leaves_nothing_of_a_sandbox_behind()
    {
        if (Sandbox.Find(out var why) is null) Assert.Skip(why!);
        var cancel = TestContext.Current.CancellationToken;
        var library = Path.Combine(AppContext.BaseDirectory, "Anneal.Benchmarks.dll");
        using var lab = Process.Start(new ProcessStartInfo("dotnet", [library, "cheats"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var inside = new List<ProcessIdentity>();
        for (var i = 0; i < 600 && inside.Count == 0; i++)
        {
            await Task.Delay(50, cancel);
            inside = [.. Below(lab.Id).Where(IsSandbox)];
        }
        inside.ShouldNotBeEmpty("no sandbox was started");
        lab.Kill();
        await lab.WaitForExitAsync(cancel);
        for (var i = 0; i < 250 && inside.Exists(process => process.IsAlive); i++) await Task.Delay(20, cancel);
        inside.ShouldAllBe(process => !process.IsAlive);
    }

    private static IEnumerable<ProcessIdentity> Below(int pid)
    {
        foreach (var thread in Directory.Exists($"/proc/{pid}/task") ? Directory.GetDirectories($"/proc/{pid}/task") : [])
            foreach (var child in Read($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse))
            {
                if (ProcessIdentity.Find(child) is { } found) yield return found;
                foreach (var deeper in Below(child)) yield return deeper;
            }
    }

    // The sandbox and all below it have its words in their command line, or are the worker that is in it.
    private static bool IsSandbox(ProcessIdentity process) => Read($"/proc/{process.Pid}/cmdline").Contains("--die-with-parent", StringComparison.Ordinal);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
