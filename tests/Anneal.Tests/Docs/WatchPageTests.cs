using Anneal.Runs.Protocol;
using Anneal.Tests.Cli;

namespace Anneal.Tests.Docs;

/// <summary>The Python of docs/watch.md and of samples/watch runs as it stands there, under the watch and without it.</summary>
public sealed class WatchPageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anneal-watch-page-").FullName;

    public WatchPageTests()
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("python3 is not installed");
    }

    public static TheoryData<string> Programs => ["docs/watch.md", "samples/watch/loop.py"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_program_reports_its_steps(string place)
    {
        var program = Path.Combine(folder, "train.py");
        var source = Path.Combine(Snippets.Root, place);
        File.WriteAllText(program, place.EndsWith(".md", StringComparison.Ordinal) ? Snippets.Blocks(place, "python").ShouldHaveSingleItem() : File.ReadAllText(source));
        File.Copy(Path.Combine(Snippets.Root, "clients", "python", "anneal.py"), Path.Combine(folder, "anneal.py"));

        var result = CliProgram.Run(["watch", "--policy", "act", "--run-dir", "run", "--", "/usr/bin/python3", program], null, folder);

        result.ExitCode.ShouldBe(0, result.Error);
        MetricsReader.ReadAll(new RunDirectory(Path.Combine(folder, "run")).MetricsPath).Select(step => step.Step).ShouldBe(Enumerable.Range(1, 300));
    }

    [Fact]
    public void Every_incident_on_the_page_has_the_protocols_form()
    {
        var path = Path.Combine(folder, "incidents.jsonl");
        File.WriteAllText(path, Snippets.Blocks("docs/watch.md", "json").ShouldHaveSingleItem());

        Incident.ReadAll(path).ShouldHaveSingleItem().Action.ShouldBe(IncidentAction.Rewind);
    }
}
