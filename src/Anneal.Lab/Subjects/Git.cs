using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Anneal.Lab.Execution;
using Anneal.Runs;

namespace Anneal.Lab.Subjects;

/// <summary>The git program, without hooks, prompts, housekeeping, the caller's <c>GIT_*</c> variables or anybody's keys.</summary>
internal static class Git
{
    private static readonly string[] plain =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "commit.gpgSign=false",
        "-c", "core.quotePath=false", "-c", "core.autocrlf=false", "-c", "protocol.ext.allow=never",
    ];

    private static readonly UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Runs a command; its output.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">Command and its arguments.</param>
    /// <param name="cancel">Ends it.</param>
    /// <param name="input">Standard input; null closes it at once.</param>
    /// <param name="environment">Variables beside the inherited ones.</param>
    /// <exception cref="GitException">It failed.</exception>
    /// <exception cref="InputException">There is no git.</exception>
    public static async Task<string> RunAsync(
        string folder, IReadOnlyList<string> arguments, CancellationToken cancel, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("git", [.. plain, .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };
        ChildEnvironment.Scrub(start.Environment);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        using var process = Start(start);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await GiveAsync(process, input);
            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0 ? await output : throw new GitException(arguments.First(word => word.All(c => char.IsAsciiLetterLower(c) || c == '-') && word[0] != '-'), (await errors).Trim());
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InputException("git", $"cannot be started ({e.Message}). A study of a repository needs git: install it (`apt-get install git`) and run the study again.");
        }
    }

    private static async Task GiveAsync(Process process, string? input)
    {
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
    }
}

/// <summary>A git command failed.</summary>
/// <param name="command">For example <c>fetch</c>.</param>
/// <param name="words">What it said.</param>
internal sealed class GitException(string command, string words) : Exception($"git {command}: {words}")
{
    /// <summary>What it said.</summary>
    public string Words => words;
}
