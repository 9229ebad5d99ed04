using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Anneal.Tests.Cli;

public sealed class WatchReplayTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anneal-replay-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Incidents_are_lines_of_json_as_the_protocol_has_them()
    {
        var result = CliProgram.Run("watch", "--replay", Broken(), "--json");

        result.ExitCode.ShouldBe(0, result.Error);
        var incidents = result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var act = incidents.First(incident => incident.GetProperty("severity").GetString() == "act");
        act.EnumerateObject().Select(property => property.Name).ShouldBe(["step", "severity", "action", "detector", "cause", "message", "evidence"], ignoreOrder: true);
        act.GetProperty("action").GetString().ShouldNotBe("none");
        act.GetProperty("step").GetInt32().ShouldBeInRange(201, 206);
        act.GetProperty("cause").GetString().ShouldBe("numerics");
    }

    [Fact]
    public void A_replay_that_only_observes_advises_nothing()
    {
        var result = CliProgram.Run("watch", "--replay", Broken(), "--json", "--policy", "observe");

        result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldNotBeEmpty();
        result.Out.ShouldNotContain("\"action\":\"stop\"");
    }

    [Fact]
    public void People_get_a_table_and_what_was_not_understood()
    {
        var result = CliProgram.Run(["watch", "--replay", "-"], null, input: File.ReadAllText(Broken()) + "{torn");

        result.ExitCode.ShouldBe(0);
        result.Out.ShouldContain("not finite");
        result.Out.ShouldContain("260 steps (1 to 260)");
        result.Error.ShouldContain("1 of 261 lines were not understood; the first is line 261: {torn");
    }

    [Fact]
    public void A_recording_and_a_command_are_not_watched_at_once()
    {
        var result = CliProgram.Run("watch", "--replay", "x.jsonl", "--", "true");

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("one thing at a time");
    }

    [Theory]
    [InlineData("nothing-here.jsonl", "there is no such file")]
    [InlineData(".", "is a folder")]
    public void What_is_no_stream_is_said_and_exits_with_2(string file, string says)
    {
        var result = CliProgram.Run(["watch", "--replay", file], null, folder);

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(says);
    }

    [Fact]
    public void Three_hundred_thousand_lines_take_no_more_memory_than_a_few()
    {
        var path = Path.Combine(folder, "long.jsonl");
        var random = new Random(2);
        using (var writer = new StreamWriter(path))
            for (var step = 1; step <= 300_000; step++)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{{\"step\":{step},\"train/loss\":{2.2 + 4.5 / (1 + step / 1000.0) + 0.05 * random.NextDouble()},\"train/grad_norm\":0.4,\"x\":1}}\n"));

        // Kept, the steps alone would take three times as much.
        var result = CliProgram.Run(["watch", "--replay", path, "--verbose"], new() { ["DOTNET_GCHeapHardLimit"] = "0x2000000" });

        result.ExitCode.ShouldBe(0, result.Error);
        result.Out.ShouldContain("300000 steps");
    }

    private string Broken()
    {
        var path = Path.Combine(folder, "broken.jsonl");
        var random = new Random(4);
        var text = new StringBuilder();
        for (var step = 1; step <= 260; step++)
            text.Append(CultureInfo.InvariantCulture, $"{{\"step\":{step},\"loss\":{(step > 200 ? "NaN" : $"{2.2 + 4.5 / (1 + step / 20.0) + 0.05 * random.NextDouble():R}")},\"grad_norm\":{0.4 + 0.05 * random.NextDouble():R}}}\n");
        File.WriteAllText(path, text.ToString());
        return path;
    }
}
