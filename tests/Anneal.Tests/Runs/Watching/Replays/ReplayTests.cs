using System.IO.Compression;
using System.Text;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;
using Anneal.Tests.Runs.Monitoring;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Watching.Replays;

/// <summary>Recordings as the world leaves them.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anneal-replay-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_recorded_run_gives_the_incidents_that_the_live_monitor_gave()
    {
        var run = new SyntheticRun(3, 400, 0.05) { Loss = step => step > 250 ? 4 + 0.01 * (step - 250) : 0 };
        var live = new List<Incident>();
        var monitor = new Monitor(new() { Policy = MonitorPolicy.Act });
        var path = Path.Combine(folder, "metrics.jsonl");
        using (var writer = new MetricsWriter(path))
            foreach (var step in run.Stream())
            {
                writer.Write(step);
                live.AddRange(monitor.Observe(step));
            }

        var (incidents, report) = await Watch(File.ReadAllBytes(path));

        live.ShouldNotBeEmpty();
        incidents.Select(Text).ShouldBe(live.Select(Text));
        (report.Steps, report.Lines, report.NotUnderstood).ShouldBe((400, 400, 0));
        report.Span.ShouldBe((1, 400));
    }

    [Theory]
    [InlineData("metrics.jsonl.gz")]
    [InlineData("metrics.jsonl")]
    public async Task A_compressed_recording_is_known_by_its_first_bytes(string name)
    {
        var path = Path.Combine(folder, name);
        await using (var file = File.Create(path))
        await using (var zip = new GZipStream(file, CompressionLevel.Fastest))
            zip.Write("{\"step\":1,\"train/loss\":2}\n{\"step\":2,\"train/loss\":2}\n"u8);

        (await Replay.RunAsync(path, new(), _ => { }, TestContext.Current.CancellationToken)).Steps.ShouldBe(2);
    }

    private static string Text(Incident incident) => Encoding.UTF8.GetString(incident.ToJsonLine());

    private static async Task<(List<Incident> Incidents, ReplayReport Report)> Watch(byte[] stream)
    {
        var incidents = new List<Incident>();
        var report = await Replay.RunAsync(new MemoryStream(stream), new Monitor(new() { Policy = MonitorPolicy.Act }), incidents.Add, TestContext.Current.CancellationToken);
        return (incidents, report);
    }
}
