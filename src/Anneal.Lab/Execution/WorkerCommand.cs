using System.Diagnostics;
using Anneal.Runs;

namespace Anneal.Lab.Execution;

/// <summary>How the worker program is started: <c>Anneal.Worker.dll</c> beside this program, under the same runtime.</summary>
public static class WorkerCommand
{
    /// <summary>Start information with all three standard streams redirected; the child's standard input is its lease.</summary>
    /// <param name="arguments">Verb and its arguments.</param>
    /// <exception cref="InputException">The worker is not there.</exception>
    public static ProcessStartInfo Create(params IEnumerable<string> arguments)
    {
        var library = Path.Combine(AppContext.BaseDirectory, "Anneal.Worker.dll");
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Anneal.Worker.exe" : "Anneal.Worker");
        if (!File.Exists(library)) throw new InputException(library, "is missing: the worker lies beside the program. Build or install Anneal again.");
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (Host() is { } host)
        {
            start.FileName = host;
            start.ArgumentList.Add(library);
        }
        else
        {
            start.FileName = File.Exists(program) ? program : "dotnet";
            if (start.FileName == "dotnet") start.ArgumentList.Add(library);
        }
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        ChildEnvironment.Scrub(start.Environment);
        return start;
    }

    // The dotnet that runs us, so that the child needs no search for one.
    private static string? Host()
    {
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") return Environment.ProcessPath;
        return Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host) ? host : null;
    }
}
