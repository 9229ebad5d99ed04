using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Anneal.Lab.Watching;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Tests.Lab.Watching;

/// <summary>A folder in which small scripts run under the real watch.</summary>
internal sealed class WatchedPython : IDisposable
{
    private const string Python = "/usr/bin/python3";

    public WatchedPython()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("runs a POSIX shell");
    }

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("anneal-watch-");

    public RunDirectory Run => new(In("run"));

    public List<WatchEvent> Events { get; } = [];

    public string Output { get; private set; } = "";

    public string Errors { get; private set; } = "";

    public string In(string name) => Path.Combine(Folder.FullName, name);

    public void Dispose() => Folder.Delete(recursive: true);

    /// <summary>A loop that can import the client; skips where there is no Python.</summary>
    public string[] Script(string text)
    {
        if (!File.Exists(Python)) Assert.Skip("needs /usr/bin/python3");
        File.WriteAllText(In("loop.py"), $"import sys, os, time, json\nsys.path.insert(0, {JsonSerializer.Serialize(ClientFolder())})\nimport anneal\n{text}");
        return [Python, "-B", In("loop.py")];
    }

    public static string[] Shell(string script) => ["/bin/sh", "-c", script];

    public async Task<WatchResult> WatchAsync(string[] command, Func<WatchJob, WatchJob>? how = null, Action<WatchEvent>? onEvent = null)
    {
        var (output, errors) = (new MemoryStream(), new MemoryStream());
        var job = new WatchJob { Command = command, Directory = Run.Root, Grace = TimeSpan.FromSeconds(3), Backoff = TimeSpan.FromMilliseconds(10) };
        var result = await (how?.Invoke(job) ?? job).RunAsync(output, errors, new Told(value =>
        {
            Events.Add(value);
            onEvent?.Invoke(value);
        }));
        (Output, Errors) = (Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray()));
        return result;
    }

    private static string ClientFolder([CallerFilePath] string path = "")
    {
        var folder = new FileInfo(path).Directory;
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "clients"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "clients", "python");
    }

    private sealed class Told(Action<WatchEvent> tell) : IProgress<WatchEvent>
    {
        public void Report(WatchEvent value) => tell(value);
    }
}
