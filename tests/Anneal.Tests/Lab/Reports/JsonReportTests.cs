using System.Text.Json;
using Anneal.Lab.Reports;

namespace Anneal.Tests.Lab.Reports;

public class JsonReportTests
{
    private static readonly JsonElement Document = JsonDocument.Parse(JsonReport.Render(SampleStudy.Finished(), "/lab", "/lab/report.html")).RootElement;

    [Fact]
    public void It_has_the_keys_that_other_programs_rely_on()
    {
        foreach (var key in (string[])["study", "lab", "researcher", "experiments", "champion", "budget", "report"])
            Document.TryGetProperty(key, out _).ShouldBeTrue(key);
        var experiment = Document.GetProperty("experiments")[0];
        foreach (var key in (string[])["id", "hypothesis", "change", "predicted_effect", "status", "verdict", "effect", "ci", "pairs", "flops"])
            experiment.TryGetProperty(key, out _).ShouldBeTrue(key);
        var opened = Document.GetProperty("champion").GetProperty("sealed");
        foreach (var key in (string[])["metric", "baseline", "champion", "effect", "ci"])
            opened.TryGetProperty(key, out _).ShouldBeTrue(key);
        foreach (var key in (string[])["flops", "seconds", "usd"])
            Document.GetProperty("budget").GetProperty(key).EnumerateObject().Select(property => property.Name).ShouldBe(["limit", "spent"]);
    }

    [Fact]
    public void Positive_is_better_and_an_open_verdict_is_null()
    {
        Document.GetProperty("experiments")[0].GetProperty("effect").GetDouble().ShouldBe(0.0286, 1e-9);
        Document.GetProperty("experiments")[0].GetProperty("ci").EnumerateArray().Select(end => end.GetDouble()).ShouldBe([0.0182, 0.0390]);
        Document.GetProperty("experiments")[10].GetProperty("verdict").ValueKind.ShouldBe(JsonValueKind.Null);
        Document.GetProperty("experiments")[6].GetProperty("verdict").GetString().ShouldBe("invalid");
    }

    [Fact]
    public void Without_a_seal_there_is_null_in_its_place() =>
        JsonDocument.Parse(JsonReport.Render(SampleStudy.Empty(), "/lab", null)).RootElement.GetProperty("champion").GetProperty("sealed").ValueKind.ShouldBe(JsonValueKind.Null);
}
