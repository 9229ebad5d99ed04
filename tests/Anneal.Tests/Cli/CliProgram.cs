using System.Diagnostics;

namespace Anneal.Tests.Cli;

/// <summary>What a call of the built program gave back.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error);

/// <summary>The built program as a child process; its streams are pipes, never a terminal.</summary>
internal static class CliProgram
{
    public static CliResult Run(params string[] arguments) => Run(arguments, null);

    public static CliResult Run(string[] arguments, Dictionary<string, string>? environment, string? directory = null, string? input = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "anneal.dll"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(120)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"anneal {string.Join(' ', arguments)} did not end");
        }

        return new CliResult(process.ExitCode, output.Result, error.Result);
    }
}
