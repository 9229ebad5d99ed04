using System.Diagnostics;
using Anneal.Engine.Training;

namespace Anneal.Tests.Engine.Models;

public class GoldenFileTests
{
    [Fact]
    public void The_golden_files_are_what_the_script_writes()
    {
        var folder = Directory.CreateTempSubdirectory("anneal-golden-").FullName;
        try
        {
            if (RunPython("-c", "import torch") != 0) Assert.Skip("/usr/bin/python3 with torch (Debian's python3-torch) is not installed");
            RunPython(Path.Combine(GoldenFile.Root(), "bench", "peers", "golden.py"), folder).ShouldBe(0);
            foreach (var name in GoldenFile.Names)
            {
                using var committed = new SafetensorsReader(GoldenFile.PathOf(name));
                using var fresh = new SafetensorsReader(Path.Combine(folder, name + ".safetensors"));
                fresh.Names.ShouldBe(committed.Names, ignoreOrder: true);
                foreach (var tensor in committed.Names) GoldenFile.Distance(GoldenFile.Read(fresh, tensor), GoldenFile.Read(committed, tensor)).ShouldBeLessThan(1e-5, $"{name} {tensor}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int RunPython(params string[] arguments)
    {
        if (!File.Exists("/usr/bin/python3")) return -1;
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
