using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab;
using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;
using Anneal.Runs;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Anneal.Server.Mcp;

/// <summary>Reports, findings and transcripts of the lab's studies: <c>anneal://study/NAME/report</c>.</summary>
/// <param name="lab">The lab.</param>
internal sealed class LabResources(McpLab lab)
{
    private const string Scheme = "anneal://study/";

    private static readonly (string Kind, string MimeType, string Description, Func<McpLab, StudyRecord, string> Text)[] Kinds =
    [
        ("report", "text/markdown", "the verdict, the frozen plan, all experiments with their evidence, cost, recipes", (_, study) => MarkdownReport.Render(study)),
        ("findings", "application/json", "every decided experiment: hypothesis, change, verdict, effect with its interval", (_, study) => Findings(study)),
        ("transcript", "application/jsonl", "what was said to and by language models, one call a line; empty where none was asked", (lab, study) => Transcripts.Text(lab.Directory, study.Spec.Study)),
    ];

    public ListResourcesResult List()
    {
        if (!Ledger.Exists(lab.Directory)) return new();
        using var ledger = LabStudies.Open(lab.Directory);
        return new()
        {
            Resources = [.. ledger.ListStudies().SelectMany(study => Kinds.Select(kind => new Resource
            {
                Uri = $"{Scheme}{Uri.EscapeDataString(study)}/{kind.Kind}",
                Name = $"{study} {kind.Kind}",
                Description = $"Study {study}: {kind.Description}.",
                MimeType = kind.MimeType,
            }))],
        };
    }

    public static ListResourceTemplatesResult Templates() => new()
    {
        ResourceTemplates = [.. Kinds.Select(kind => new ResourceTemplate
        {
            UriTemplate = $"{Scheme}{{name}}/{kind.Kind}",
            Name = $"study {kind.Kind}",
            Description = $"Of a study: {kind.Description}.",
            MimeType = kind.MimeType,
        })],
    };

    /// <exception cref="McpProtocolException">No such resource.</exception>
    public ReadResourceResult Read(string uri)
    {
        var parts = uri.StartsWith(Scheme, StringComparison.Ordinal) ? uri[Scheme.Length..].Split('/') : [];
        if (parts.Length != 2 || Array.Find(Kinds, kind => kind.Kind == parts[1]) is not { Kind: not null } found)
            throw new McpProtocolException($"`{PlainText.Clean(uri)}` is no resource; expected {Scheme}NAME/{string.Join(" or /", Kinds.Select(kind => kind.Kind))}", McpErrorCode.ResourceNotFound);
        try
        {
            using var ledger = LabStudies.Open(lab.Directory);
            return new() { Contents = [new TextResourceContents { Uri = uri, MimeType = found.MimeType, Text = found.Text(lab, ledger.ReadStudy(Uri.UnescapeDataString(parts[0]))) }] };
        }
        catch (InputException missing)
        {
            throw new McpProtocolException(missing.Message, missing, McpErrorCode.ResourceNotFound);
        }
    }

    private static string Findings(StudyRecord study) =>
        new JsonArray([.. study.Experiments.Where(experiment => experiment.Verdict is not null).Select(experiment => JsonReport.Experiment(experiment))]).ToJsonString(new JsonSerializerOptions { WriteIndented = true });
}
