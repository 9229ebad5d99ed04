using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab;
using Anneal.Lab.Providers;
using Anneal.Tests.Cli;
using Anneal.Tests.Docs;
using Anneal.Tests.Lab.Providers.Servers;

namespace Anneal.Tests.Samples;

/// <summary>The sample study for Claude and its transcript, which a script answered.</summary>
public class ClaudeStudySampleTests
{
    private static readonly string Folder = Path.Combine(Snippets.Root, "samples", "claude-study");
    private static readonly string File = Path.Combine(Folder, "transcript.jsonl");

    [Fact]
    public void The_study_asks_for_claude_under_a_dollar_limit()
    {
        var spec = StudyFile.Load(Path.Combine(Folder, "study.yaml"));
        spec.Researcher.ShouldBe("claude");
        spec.Budget.Usd.ShouldBe(1);
    }

    /// <summary>With <c>ANNEAL_RECORD=1</c> in the environment the transcript is recorded anew first, through the program and over the wire.</summary>
    [Fact]
    public async Task Its_transcript_is_labelled_scripted_and_says_what_the_script_says()
    {
        if (Environment.GetEnvironmentVariable("ANNEAL_RECORD") == "1") await RecordAsync();
        var header = Transcript.ReadHeader(File);
        (header.Label, header.Model, header.Study).ShouldBe(("scripted", "scripted", "claude-study"));

        var lines = System.IO.File.ReadLines(File).Skip(1).Select(line => JsonNode.Parse(line)!).ToList();
        var ordinals = lines.Select(line => line["conversation"]!.GetValue<string>()).Distinct().ToList();
        ordinals.Count.ShouldBeGreaterThanOrEqualTo(2);
        foreach (var line in lines)
        {
            var expected = ScriptedResearcher.Reply(ordinals.IndexOf(line["conversation"]!.GetValue<string>()), line["turn"]!.GetValue<int>());
            Said(line["reply"]!["content"]!.AsArray()).ShouldBe(Said(new JsonArray([.. expected.Content.Select(block => block.DeepClone())])));
            line["reply"]!["model"]!.GetValue<string>().ShouldBe("scripted");
        }

        lines.ShouldContain(line => line["reply"]!.ToJsonString().Contains("CustomSchedule", StringComparison.Ordinal), "one proposal brings code");
        (await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken)).ShouldNotContain("sk-ant");
    }

    // Tools that were called and with what; ids and signatures are the server's.
    private static string Said(JsonArray content) => string.Join('\n', content.Where(block => block!["type"]!.GetValue<string>() == "tool_use").Select(block =>
        $"{block!["name"]} {JsonNode.Parse(block["input"] is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : block["input"]!.ToJsonString())!.ToJsonString()}"));

    private static async Task RecordAsync()
    {
        var lab = Directory.CreateTempSubdirectory("anneal-record-").FullName;
        await using var server = await MessagesServer.StartAsync(ScriptedResearcher.Script());
        var environment = new Dictionary<string, string> { ["ANTHROPIC_API_KEY"] = server.Key, ["ANTHROPIC_BASE_URL"] = server.BaseUrl };
        using var program = CliProgram.Start(["study", "run", Path.Combine(Folder, "study.yaml"), "--lab", lab], environment, null);
        program.StandardInput.Close();
        var run = await Task.Run(() => CliProgram.Await(program, TimeSpan.FromMinutes(15)));
        run.ExitCode.ShouldBe(0, run.Error);
        server.Refusals.ShouldBeEmpty();
        CliProgram.Run("study", "transcript", "claude-study", "--lab", lab, "--out", File).ExitCode.ShouldBe(0);
        TestContext.Current.SendDiagnosticMessage(run.Out);
        Directory.Delete(lab, recursive: true);
    }
}
