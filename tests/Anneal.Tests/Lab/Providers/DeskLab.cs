using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab;
using Anneal.Lab.Ledger;
using Anneal.Lab.Providers;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Providers;

// A lab with one study, to make calls in. Reopen() is what a kill leaves: the same file, another process.
internal sealed class DeskLab : IDisposable
{
    public const string Study = "s";

    private Lease lease;

    public DeskLab()
    {
        Ledger = LabLedger.Open(Directory);
        lease = Ledger.TakeLease(Study);
        Ledger.AddStudy(new StudySpec { Study = Study, Recipe = "r.yaml" }, "", new Dictionary<string, string>());
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("anneal-desk").FullName;

    public LabLedger Ledger { get; private set; }

    public Listener Listener { get; } = new();

    public static DeskOptions Hasty { get; } = new() { FirstDelay = TimeSpan.FromMilliseconds(1), MostDelay = TimeSpan.FromMilliseconds(5), MostRetryAfter = TimeSpan.FromMilliseconds(1500) };

    public ModelDesk Desk(ILanguageModel model, double? usd = 10, CatalogModel? entry = null) =>
        new(Ledger, Study, model, entry ?? (model is ReplayModel replay ? replay.Entry : ScriptedModel.Entry), usd, Listener, Hasty);

    public void Reopen()
    {
        lease.Dispose();
        Ledger.Dispose();
        Ledger = LabLedger.Open(Directory);
        lease = Ledger.TakeLease(Study);
    }

    public IReadOnlyList<CallRecord> Calls => Ledger.ReadCalls(Study);

    public static ModelRequest Ask(string text, int maxTokens = 1000) => new() { System = "rules", Messages = [new("user", Text(text))], MaxTokens = maxTokens };

    public static JsonArray Text(string text) => [new JsonObject { ["type"] = "text", ["text"] = text }];

    // A tool that ends the conversation, and one that gives something to read.
    public static IReadOnlyList<Tool> Tools(Func<JsonElement, ToolAnswer>? propose = null, Func<JsonElement, string>? read = null) =>
    [
        new(new("propose", "Ends.", Schema("""{"type":"object","properties":{"change":{"type":"string","description":"What."}},"required":["change"],"additionalProperties":false}""")),
            (input, _) => Task.FromResult(propose?.Invoke(input) ?? new ToolAnswer("taken", Ends: true))),
        new(new("read_run", "Reads.", Schema("""{"type":"object","properties":{"run":{"type":"string","description":"Which."}},"required":["run"],"additionalProperties":false}""")),
            (input, _) => Task.FromResult(new ToolAnswer(read?.Invoke(input) ?? "a curve"))),
    ];

    public static JsonObject Schema(string json) => JsonNode.Parse(json)!.AsObject();

    public void Dispose()
    {
        lease.Dispose();
        Ledger.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
