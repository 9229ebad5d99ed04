using System.Diagnostics;
using System.Text.Json;
using Anneal.Engine.Training;

namespace Anneal.Benchmarks.Engine;

/// <summary>bench/peers/torch_step.py in a process of its own, one step on demand, so that it can be interleaved with ours.</summary>
internal sealed class TorchPeer : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly Process process;

    private TorchPeer(Process process, string version, long parameters)
    {
        this.process = process;
        Version = version;
        Parameters = parameters;
    }

    public string Version { get; }

    public long Parameters { get; }

    /// <summary>Starts the peer, or says why it cannot.</summary>
    public static TorchPeer? Start(TrainerOptions o, out string whyNot)
    {
        string? script = FindScript();
        if (script is null || !File.Exists(Python))
        {
            whyNot = script is null ? "bench/peers/torch_step.py is not in a parent folder of the program" : $"there is no {Python}";
            return null;
        }

        string[] arguments =
        [
            script, "--layers", $"{o.Model.Layers}", "--width", $"{o.Model.Width}", "--heads", $"{o.Model.Heads}", "--context", $"{o.Model.Context}",
            "--batch", $"{o.BatchTokens / o.Model.Context}", "--vocab", $"{o.Vocab}", "--threads", $"{o.Threads}",
        ];
        var start = new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Process started = Process.Start(start)!;
        started.ErrorDataReceived += static (_, _) => { };
        started.BeginErrorReadLine();
        if (started.StandardOutput.ReadLine() is not { } line)
        {
            started.Dispose();
            whyNot = $"{Python} cannot import torch (Debian: apt install python3-torch)";
            return null;
        }

        whyNot = "";
        JsonElement hello = JsonDocument.Parse(line).RootElement;
        return new TorchPeer(started, hello.GetProperty("torch").GetString()!, hello.GetProperty("parameters").GetInt64());
    }

    /// <summary>Seconds of one step, as the peer's own clock has it.</summary>
    public double Step()
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
        string line = process.StandardOutput.ReadLine() ?? throw new IOException("torch_step.py ended before its step.");
        return JsonDocument.Parse(line).RootElement.GetProperty("seconds").GetDouble();
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(5000)) process.Kill();
        process.Dispose();
    }

    private static string? FindScript()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "bench", "peers", "torch_step.py");
            if (File.Exists(path)) return path;
        }

        return null;
    }
}
