using System.Diagnostics;
using Anneal.Lab.Execution;
using Anneal.Runs;

namespace Anneal.Lab.Subjects;

/// <summary>Says whether edits may be tried: files of the list only, pieces that are there, text, Python that compiles.</summary>
internal sealed class EditCheck(SubjectRepository repository, SubjectSpec subject, SittingOptions options)
{
    private static readonly TimeSpan compilePatience = TimeSpan.FromSeconds(20);

    /// <summary>The edited files, or what is wrong.</summary>
    /// <param name="champion">State that is edited.</param>
    /// <param name="edits">The edits.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<(IReadOnlyDictionary<string, string> Files, SubjectFlaw? Flaw)> ApplyAsync(Revision champion, IReadOnlyList<FileEdit> edits, CancellationToken cancel)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (edits.Count == 0) return (files, new("no_edit", "it edits nothing"));
        foreach (var edit in edits)
        {
            if (FileEdit.FlawOfPath(edit.Path) is { } odd) return (files, new("path_escape", $"`{edit.Path}` is no path to edit: {odd}"));
            if (!subject.Edit.Contains(edit.Path, StringComparer.Ordinal))
                return (files, new("outside_the_list", $"`{edit.Path}` may not be edited; {NearestWord.Hint(edit.Path, subject.Edit)}"));
            try
            {
                var before = files.GetValueOrDefault(edit.Path) ?? await repository.ReadFileAsync(champion.Commit, edit.Path, cancel);
                files[edit.Path] = edit.Apply(before);
            }
            catch (InputException e)
            {
                return (files, new("does_not_apply", e.Errors[0].Problem));
            }
            if (files[edit.Path].Contains('\0')) return (files, new("not_text", $"`{edit.Path}` would hold a NUL character"));
        }
        foreach (var (path, content) in files.Where(file => file.Key.EndsWith(".py", StringComparison.Ordinal)))
            if (await FlawOfPythonAsync(content, cancel) is { } error) return (files, new("does_not_compile", $"`{path}` is no valid Python: {error}"));
        return (files, null);
    }

    /// <summary>What <c>py_compile</c> says against a file, or null; null, too, where there is no Python or no leave to run it.</summary>
    private async Task<string?> FlawOfPythonAsync(string content, CancellationToken cancel)
    {
        if (!File.Exists("/usr/bin/python3")) return null;
        var folder = Directory.CreateTempSubdirectory("anneal-edit-").FullName;
        try
        {
            var file = Path.Combine(folder, "edited.py");
            await File.WriteAllTextAsync(file, content, cancel);
            var start = new ProcessStartInfo("/usr/bin/python3", ["-I", "-m", "py_compile", file]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            if (Sandbox.Find(out _) is { } sandbox) start = sandbox.Wrap(start, new SandboxSpec { ReadOnly = ["/usr"], Writable = [folder], CpuSeconds = compilePatience.TotalSeconds });
            else if (!options.AllowUnsandboxed) return null;
            else ChildEnvironment.Scrub(start.Environment);

            using var process = Spawner.Start(start);
            process.StandardInput.Close();
            var (errors, _) = (process.StandardError.ReadToEndAsync(cancel), process.StandardOutput.ReadToEndAsync(cancel));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(compilePatience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return $"compiling took more than {compilePatience.TotalSeconds:0} s";
            }
            return process.ExitCode == 0 ? null : (await errors).Replace(file, "the file", StringComparison.Ordinal).Trim() is { Length: > 0 } words ? words[..Math.Min(words.Length, 800)] : $"exit code {process.ExitCode}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
