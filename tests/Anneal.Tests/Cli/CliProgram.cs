using System.Diagnostics;

namespace Anneal.Tests.Cli;

/// <summary>What a call of the built program gave back.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error);

/// <summary>The built program as a child process; its streams are pipes, never a terminal.</summary>
internal static class CliProgram
{
    // Where the program itself is built: beside the tests, which bring more of the framework along, it could not show what it lacks.
    /// <summary>The program.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "..", "..", "Anneal.Cli", new DirectoryInfo(AppContext.BaseDirectory).Name, "anneal.dll"));

    public static CliResult Run(params string[] arguments) => Run(arguments, null);

    public static CliResult Run(string[] arguments, Dictionary<string, string>? environment, string? directory = null, string? input = null)
    {
        using var process = Start(arguments, environment, directory);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return Await(process);
    }

    /// <summary>Starts the program; <see cref="Await"/> gives its result.</summary>
    public static Process Start(string[] arguments, Dictionary<string, string>? environment, string? directory)
    {
        var start = new ProcessStartInfo("dotnet", [Path, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? System.IO.Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a started program; a program that does not end in two minutes is a failure.</summary>
    public static CliResult Await(Process process, TimeSpan? patience = null)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(patience ?? TimeSpan.FromSeconds(120)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"anneal {string.Join(' ', process.StartInfo.ArgumentList)} did not end");
        }

        return new CliResult(process.ExitCode, output.Result, error.Result);
    }
}
