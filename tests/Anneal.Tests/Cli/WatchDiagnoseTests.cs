using System.Text.Json;
using Anneal.Tests.Lab.Providers.Servers;

namespace Anneal.Tests.Cli;

/// <summary><c>anneal watch</c> with a model beside it, over the wire, with nobody behind it.</summary>
public sealed class WatchDiagnoseTests : IDisposable
{
    private const string Broken = "i=1; while [ $i -le 60 ]; do if [ $i -gt 40 ]; then echo \"step $i loss nan\"; else echo \"step $i loss 3.$((RANDOM % 10))\"; fi; i=$((i+1)); done";

    private readonly string folder = Directory.CreateTempSubdirectory("anneal-watch-opinion-").FullName;

    public WatchDiagnoseTests()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("runs /bin/bash");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_second_opinion_is_told_and_kept_and_the_commands_exit_code_stays()
    {
        await using var server = await MessagesServer.StartAsync(_ => ServerReply.Tool("diagnose", """{"cause":"data","confidence":0.7,"action":"none","explanation":"A batch holds nothing but padding."}"""));

        var result = await Task.Run(() => Watch(server.Key, server.BaseUrl, "--usd", "1"));

        result.ExitCode.ShouldBe(7, result.Error);
        server.Refusals.ShouldBeEmpty();
        using var diagnosis = JsonDocument.Parse(File.ReadLines(Path.Combine(folder, "run", "diagnoses.jsonl")).First());
        (diagnosis.RootElement.GetProperty("cause").GetString(), diagnosis.RootElement.GetProperty("detector").GetString()).ShouldBe(("data", "non_finite"));
        result.Error.ShouldContain("scripted on step");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "run"), "*", SearchOption.AllDirectories)) File.ReadAllText(file).ShouldNotContain(server.Key);
    }

    [Fact]
    public void Without_a_limit_a_key_is_left_alone_and_without_a_key_nothing_changes()
    {
        Watch("sk-ant-test", "http://127.0.0.1:9").ExitCode.ShouldBe(7);
        Directory.Delete(Path.Combine(folder, "run"), recursive: true);
        Watch("", "http://127.0.0.1:9", "--usd", "1").ExitCode.ShouldBe(7);
        File.Exists(Path.Combine(folder, "run", "lab.db")).ShouldBeFalse();
        Watch("", "http://127.0.0.1:9", "--diagnose", "claude").ExitCode.ShouldBe(2);
    }

    private CliResult Watch(string key, string url, params string[] options) => CliProgram.Run(
        ["watch", "--run-dir", Path.Combine(folder, "run"), .. options, "--", "/bin/bash", "-c", Broken + "; exit 7"],
        new() { ["ANTHROPIC_API_KEY"] = key, ["ANTHROPIC_BASE_URL"] = url, ["OPENAI_API_KEY"] = "", ["OPENAI_BASE_URL"] = "" },
        folder);
}
