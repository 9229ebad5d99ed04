using System.Text.Json;
using System.Text.Json.Nodes;
using Anneal.Lab.Providers;
using Anneal.Lab.Subjects;
using Anneal.Runs;

namespace Anneal.Lab.Research.Tools;

/// <summary>Tools of a repository's study: its files as the champion has them, and edits of those that may be edited.</summary>
internal static class EditTools
{
    private const int Lines = 300, MostPaths = 300, MostLine = 400, MostFound = 60, MostSearched = 400;

    public static Tool ListFiles(ProposalTask task, SubjectRepository repository) => new(
        new ToolSpec("list_files", "Paths of the champion's files.", ToolSchema.Object(("under?", ToolSchema.Text("Only below this folder.", 200)))),
        async (input, cancel) =>
        {
            var under = input.Text("under")?.Trim('/') is { Length: > 0 } folder ? $"{folder}/" : "";
            var paths = (await PathsAsync(task, repository, cancel)).Where(path => path.StartsWith(under, StringComparison.Ordinal)).ToList();
            return paths.Count == 0 ? new ToolAnswer($"There is nothing below `{TextTable.Line(under, 80)}`.", IsError: true)
                : new ToolAnswer(Fence.Wrap("files", string.Join('\n', paths.Take(MostPaths)) + (paths.Count > MostPaths ? $"\n({paths.Count - MostPaths} more; ask for a folder)" : "")));
        });

    public static Tool ReadFile(ProposalTask task, SubjectRepository repository) => new(
        new ToolSpec("read_file", "A file as the champion has it.", ToolSchema.Object(
            ("path", ToolSchema.Text("Relative to the repository's root.", 300)),
            ("from_line?", ToolSchema.Whole($"First line to show; {Lines} lines are shown at a time.", 1, 1_000_000)))),
        async (input, cancel) =>
        {
            var path = input.Text("path")!;
            var paths = await PathsAsync(task, repository, cancel);
            if (!paths.Contains(path, StringComparer.Ordinal))
                return new ToolAnswer($"The champion has no file `{TextTable.Line(path, 80)}`; {NearestWord.Hint(path, paths.Count <= 20 ? [.. paths] : [.. task.Spec.Subject!.Edit])}", IsError: true);
            var lines = (await repository.ReadFileAsync(task.Question.Revision!.Commit, path, cancel)).Split('\n');
            var from = input.Whole("from_line") ?? 1;
            var last = Math.Min(lines.Length, from + Lines - 1);
            var shown = lines.Skip(from - 1).Take(Lines).Select(line => line.Length <= MostLine ? line : $"{line[..MostLine]}…");
            return new ToolAnswer($"{Fence.Wrap($"{path}, lines {from} to {last} of {lines.Length}", string.Join('\n', shown), 24_000)}{(last < lines.Length ? $"\n(from_line {last + 1} shows more)" : "")}");
        });

    public static Tool Search(ProposalTask task, SubjectRepository repository) => new(
        new ToolSpec("search", "Lines of the champion's files that hold a text, with their numbers.", ToolSchema.Object(
            ("text", ToolSchema.Text("Exact text; case matters.", 200)),
            ("under?", ToolSchema.Text("Only in files whose path begins with this.", 200)))),
        async (input, cancel) =>
        {
            var (text, under) = (input.Text("text")!, input.Text("under") ?? "");
            var found = new List<string>();
            foreach (var path in (await PathsAsync(task, repository, cancel)).Where(path => path.StartsWith(under, StringComparison.Ordinal)).Take(MostSearched))
            {
                if (found.Count >= MostFound) break;
                var lines = (await repository.ReadFileAsync(task.Question.Revision!.Commit, path, cancel)).Split('\n');
                found.AddRange(lines.Index().Where(line => line.Item.Contains(text, StringComparison.Ordinal)).Select(line => $"{path}:{line.Index + 1}: {TextTable.Line(line.Item, 200)}"));
            }
            return new ToolAnswer(found.Count == 0 ? "Nothing found." : Fence.Wrap("lines found", string.Join('\n', found.Take(MostFound))));
        });

    public static Tool ReadDiff(ProposalTask task) => new(
        new ToolSpec("read_diff", "What the champion changed against the baseline, or what an experiment's changed code did.", ToolSchema.Object(
            ("number?", ToolSchema.Whole("Experiment; the champion without.", 1, 100_000)))),
        (input, _) =>
        {
            if (input.Whole("number") is not { } number) return Task.FromResult(Diff(task.Question.Revision!));
            var (experiment, problem) = task.Find(number);
            return Task.FromResult(experiment is null ? new ToolAnswer(problem, IsError: true) : Diff(Revision.Parse(experiment.TreatmentRecipe)));
        });

    public static Tool ProposeEdit(ProposalTask task, EditCheck check) => new(
        new ToolSpec("propose_edit", "Proposes the next experiment, an edit of the champion's files, and ends the conversation. The gate alone decides; you are scored on your prediction.", ToolSchema.Object(
            [.. ProposalTools.Claim, ("edits", Edits())])),
        async (input, cancel) =>
        {
            var edits = ReadEdits(input);
            var proposal = ProposalTools.Read(input) with { Edits = edits, Change = edits.ToDictionary(edit => edit.Path, edit => edit.Summary) };
            var (files, flaw) = await check.ApplyAsync(task.Question.Revision!, edits, cancel);
            if (flaw is not null) return new ToolAnswer($"Not accepted ({flaw.Rule}): {flaw.Detail}", IsError: true);
            if (Repeated(proposal, task) is { } number) return new ToolAnswer($"Not accepted: it repeats experiment {number}; see read_experiment {number}.", IsError: true);
            task.Proposal = proposal;
            return new ToolAnswer($"Accepted: {string.Join(", ", files.Keys)}.", Ends: true);
        });

    private static ToolAnswer Diff(Revision revision) => new(revision.Diff.Length == 0 ? "None: it is the baseline." : Fence.Wrap("diff against the baseline", revision.Diff));

    // The same pieces on the same champion: since then nothing was adopted that it could stand upon.
    private static int? Repeated(Proposal proposal, ProposalTask task)
    {
        var since = task.Seen.Experiments.LastOrDefault(experiment => experiment.Adopted)?.Id ?? 0;
        var text = JsonSerializer.Serialize(proposal.Edits);
        return task.Seen.Experiments.FirstOrDefault(experiment => experiment.Id > since && JsonSerializer.Serialize(experiment.Proposal.Edits) == text)?.Id;
    }

    private static async Task<IReadOnlyList<string>> PathsAsync(ProposalTask task, SubjectRepository repository, CancellationToken cancel) =>
        await repository.ListFilesAsync(task.Question.Revision!.Commit, cancel);

    private static JsonObject Edits()
    {
        var edit = ToolSchema.Object(
            ("path", ToolSchema.Text("One of the study's files to edit.", 300)),
            ("search", ToolSchema.Text("Exact text that stands once in the file, blanks and line breaks included.", 20_000)),
            ("replace", new JsonObject { ["type"] = "string", ["description"] = "What shall stand there instead.", ["maxLength"] = 40_000 }));
        return new() { ["type"] = "array", ["description"] = "Replacements, applied in order.", ["minItems"] = 1, ["maxItems"] = 40, ["items"] = edit };
    }

    private static List<FileEdit> ReadEdits(JsonElement input) => [.. input.GetProperty("edits").EnumerateArray()
        .GroupBy(edit => edit.Text("path")!)
        .Select(file => new FileEdit(file.Key, null, [.. file.Select(edit => new Hunk(edit.Text("search")!, edit.Text("replace")!))]))];
}
