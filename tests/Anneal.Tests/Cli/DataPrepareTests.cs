using System.Text.Json;

namespace Anneal.Tests.Cli;

public sealed class DataPrepareTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("anneal-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_of_text_becomes_a_corpus_with_three_sides()
    {
        var texts = Directory.CreateDirectory(Path.Combine(_folder, "texts")).FullName;
        var random = new Random(1);
        for (var i = 0; i < 60; i++)
            File.WriteAllText(Path.Combine(texts, $"{i}.txt"), string.Join(' ', Enumerable.Range(0, 80).Select(_ => string.Concat(Enumerable.Range(0, 6).Select(_ => (char)random.Next('a', 'z' + 1))))));
        var result = CliProgram.Run("data", "prepare", texts, "--out", Path.Combine(_folder, "corpus"), "--validation", "0.2", "--test", "0.2", "--json");
        result.ExitCode.ShouldBe(0, result.Error);
        var document = JsonDocument.Parse(result.Out).RootElement;
        document.GetProperty("documents").GetInt32().ShouldBe(60);
        foreach (var side in (string[])["train", "val", "test"])
            document.GetProperty(side).GetProperty("documents").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_source_that_is_not_there_is_a_wrong_call()
    {
        var result = CliProgram.Run("data", "prepare", Path.Combine(_folder, "nothing"), "--out", Path.Combine(_folder, "corpus"), "--json");
        result.ExitCode.ShouldBe(2);
        JsonDocument.Parse(result.Out).RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("input");
        result.Error.ShouldContain("nothing");
        Directory.Exists(Path.Combine(_folder, "corpus")).ShouldBeFalse();
    }
}
