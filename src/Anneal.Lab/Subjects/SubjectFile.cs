using Anneal.Data.Tokenizer;
using Anneal.Runs.Yaml;

namespace Anneal.Lab.Subjects;

/// <summary>Reads the <c>subject</c> section of a study file.</summary>
internal static class SubjectFile
{
    private const int MostFiles = 64;

    /// <summary>The subject; paths become absolute.</summary>
    /// <param name="map">The section.</param>
    /// <param name="folder">Folder of the study's file: relative paths start there.</param>
    public static SubjectSpec Read(YamlMap map, string folder)
    {
        var subject = new SubjectSpec
        {
            Path = map.Require("path", Scalar.Text) is { } path ? Absolute(path, folder) : "",
            Revision = map.Get("revision", Scalar.Text, "HEAD"),
            Command = map.Require("command", Scalar.Text) ?? "",
            Edit = ReadEdit(map),
            Metric = ReadMetric(map),
            Goal = map.Get("goal", Scalar.Choice<SubjectGoal>(), SubjectGoal.Minimise),
            Budget = map.Get("budget", Scalar.Real(0, 30 * 86_400, aboveMin: true), 300),
            Rungs = ReadRungs(map),
            Mounts = [.. map.List("mounts", Scalar.Text, []).Select(mount => Absolute(mount, folder))],
            Devices = map.List("devices", Scalar.Text, []),
            Logits = map.Has("logits") ? map.Require("logits", Scalar.Text) : null,
            Tokenizer = map.Has("logits") ? ReadTokenizer(map.Map("tokenizer")) : null,
            MemoryGb = map.Get("memory_gb", Scalar.Real(0, aboveMin: true).OrNull(), null),
        };
        if (subject is { Measured: true, Goal: not SubjectGoal.Minimise })
            map.Fail("goal", "`subject.goal` is `maximise`, but with `subject.logits` the lab measures bits per byte, and lower is better: leave `goal` out");
        foreach (var mount in subject.Mounts.Where(mount => !Directory.Exists(mount) && !File.Exists(mount)))
            map.Fail("mounts", $"`subject.mounts` names {mount}, which is not there");
        if (subject.Devices.FirstOrDefault(device => !device.StartsWith("/dev/", StringComparison.Ordinal) || device.Contains("..", StringComparison.Ordinal)) is { } odd)
            map.Fail("devices", $"`subject.devices` names {odd}: expected paths under /dev/");
        if (subject.Path.Length > 0 && !Directory.Exists(subject.Path))
            map.Fail("path", $"`subject.path` is {subject.Path}, which is not a folder");
        if (subject.Revision.StartsWith('-'))
            map.Fail("revision", $"`subject.revision` is `{subject.Revision}`: expected a commit, a branch or a tag");
        return subject;
    }

    // Bytes alone have one vocabulary.
    private static TokenizerConfig ReadTokenizer(YamlMap map)
    {
        var kind = map.Get("kind", Scalar.Choice<TokenizerKind>(), TokenizerKind.Bpe);
        return kind == TokenizerKind.Bytes ? new() { Kind = kind } : new()
        {
            Kind = kind,
            Vocab = map.Get("vocab", Scalar.Int(257, 65536), new TokenizerConfig().Vocab),
            Digits = map.Get("digits", Scalar.Int(1, 3), new TokenizerConfig().Digits),
        };
    }

    private static string Absolute(string path, string folder) => Path.GetFullPath(
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..] : path, folder);

    private static IReadOnlyList<string> ReadEdit(YamlMap map)
    {
        if (!map.Has("edit")) map.Require("edit", Scalar.Text);
        var files = map.List("edit", Scalar.Text, []);
        if (map.Has("edit") && files.Count is 0 or > MostFiles)
            map.Fail("edit", $"`subject.edit` lists {files.Count} files: expected 1 to {MostFiles}");
        foreach (var file in files)
            if (FileEdit.FlawOfPath(file) is { } flaw) map.Fail("edit", $"`subject.edit` lists `{file}`: {flaw}");
        return [.. files.Distinct(StringComparer.Ordinal)];
    }

    private static string ReadMetric(YamlMap map)
    {
        var metric = map.Get("metric", Scalar.Text, "val_bpb");
        if (metric.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '/' or '.' or '-')) || !char.IsAsciiLetter(metric[0]))
            map.Fail("metric", $"`subject.metric` is `{metric}`: expected a name of letters, digits, `_`, `/`, `.` and `-`, as the command prints it");
        return metric;
    }

    private static IReadOnlyList<double> ReadRungs(YamlMap map)
    {
        var rungs = map.List("rungs", Scalar.Real(0, 1, aboveMin: true, belowMax: true), []);
        for (var i = 1; i < rungs.Count; i++)
            if (rungs[i] <= rungs[i - 1]) map.Fail("rungs", $"`subject.rungs` is [{string.Join(", ", rungs)}]: expected rising fractions");
        if (rungs.Count > 0 && !map.Get("command", Scalar.Text, "").Contains("{budget}", StringComparison.Ordinal))
            map.Fail("rungs", "`subject.rungs` shortens runs, but `subject.command` has no `{budget}` through which it would learn so: pass the seconds with `{budget}`, or leave `rungs` out");
        return rungs;
    }
}
