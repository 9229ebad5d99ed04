using System.Diagnostics;
using System.Text.RegularExpressions;
using Anneal.Lab.Execution;
using Anneal.Runs.Recipes;

namespace Anneal.Tests.Docs;

/// <summary>
/// What the documents tell a reader to type is typed here, document by document, in a copy of the repository's samples.
/// <c>dotnet run --project ...</c> starts what is already built; studies keep their plan on a twentieth of their budget, since
/// <c>.ci/run</c> runs the sample in full; benchmarks run their quick form; <c>dotnet test</c> is this very run.
/// </summary>
public sealed class DocumentTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anneal-docs-").FullName;

    public static TheoryData<string> Documents => [.. Snippets.Documents];

    public static TheoryData<string> DocumentsWithCommands => [.. Snippets.Documents.Where(d => Snippets.Blocks(d, "sh").Length > 0)];

    [Theory]
    [MemberData(nameof(DocumentsWithCommands))]
    public void Every_command_of_a_document_runs(string document)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The documents' commands are for a POSIX shell.");
        if (document == "docs/any-repository.md" && (Sandbox.Find(out var why) is null || !File.Exists("/usr/bin/python3") || !File.Exists("/usr/bin/git"))) Assert.Skip(why ?? "git or python3 is not installed");
        CopySources();
        WriteShim();
        string script = "set -euo pipefail\n" + string.Join('\n', Snippets.Blocks(document, "sh"));

        var (exit, output) = Shell(script);

        exit.ShouldBe(0, $"{document}:\n{script}\n--- printed ---\n{output}");
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_to_a_file_leads_somewhere(string document)
    {
        string from = Path.GetDirectoryName(Path.Combine(Snippets.Root, document))!;
        foreach (string target in Snippets.Links(document))
            Path.Exists(Path.Combine(from, target)).ShouldBeTrue($"{document} links to {target}");
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_recipe_in_a_document_is_valid(string document)
    {
        foreach (string yaml in Snippets.Blocks(document, "yaml"))
            RecipeRules.Check(RecipeFile.Parse(yaml, document)).ShouldBeEmpty();
    }

    [Fact]
    public void The_main_job_of_the_readme_is_what_ci_runs()
    {
        string main = Snippets.Blocks("README.md", "sh")[0].Trim();

        File.ReadAllText(Path.Combine(Snippets.Root, ".ci", "run")).ShouldContain(main);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void CopySources()
    {
        foreach (string file in Snippets.Documents.Concat(Directory.EnumerateFiles(Path.Combine(Snippets.Root, "samples"), "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".yaml" or ".jsonl" or ".py" or ".sh" or ".gz")
            .Select(f => Path.GetRelativePath(Snippets.Root, f))))
        {
            string copy = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (Path.GetExtension(file) == ".gz") File.Copy(Path.Combine(Snippets.Root, file), copy);
            else File.WriteAllText(copy, Shrink(File.ReadAllText(Path.Combine(Snippets.Root, file)), file));
        }
    }

    /// <summary>FLOP budgets of recipes and studies, divided by twenty; three experiments are enough.</summary>
    private static string Shrink(string text, string file) => !file.EndsWith(".yaml", StringComparison.Ordinal)
        ? text
        : Regex.Replace(text, @"(?<=^\s+flops: )\S+", m => $"{double.Parse(m.Value) / 20:0.###e+0}", RegexOptions.Multiline)
            .Replace("experiments: 14", "experiments: 3", StringComparison.Ordinal)
            .Replace("experiments: 6", "experiments: 3", StringComparison.Ordinal);

    private void WriteShim()
    {
        string built = AppContext.BaseDirectory;
        string shim = Path.Combine(folder, ".shim");
        Directory.CreateDirectory(shim);
        File.WriteAllText(Path.Combine(shim, "dotnet"), $$"""
            #!/usr/bin/env bash
            case "$*" in
                "run -c Release --project src/Anneal.Cli -- "*) exec "{{Host()}}" "{{built}}anneal.dll" "${@:7}" ;;
                "run -c Release --project bench/Anneal.Benchmarks -- "*) cd "{{Snippets.Root}}"; exec "{{Host()}}" "{{built}}Anneal.Benchmarks.dll" "${@:7}" --quick ;;
                "test -c Release") exit 0 ;;
                *) echo "the documents' test does not know: dotnet $*" >&2; exit 64 ;;
            esac
            """);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(shim, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static string Host() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(place => Path.Combine(place, "dotnet")).First(File.Exists);

    private (int Exit, string Output) Shell(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = Path.Combine(folder, ".shim") + ":" + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
        {
            process.Kill(entireProcessTree: true);
            return (-1, "did not end in four minutes");
        }

        return (process.ExitCode, output.Result + error.Result);
    }
}
