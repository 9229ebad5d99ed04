using System.Reflection;
using Anneal.Lab.Code;

namespace Anneal.Benchmarks.Judge;

// Source of a proposal, as it lies beside this file, with what is to become of it in its head.
public sealed record CodeSample(string Name, string What, CodeKind Kind, string Screen, IReadOnlyList<string> Expected, string Source)
{
    public static IReadOnlyList<CodeSample> Cheats { get; } = Read("Cheats");

    public static IReadOnlyList<CodeSample> Honest { get; } = Read("Honest");

    // Expected is a list of rules, `fails: WORDS` and `no_gain`, any of which will do.
    public override string ToString() => Name;

    private static List<CodeSample> Read(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"{typeof(CodeSample).Namespace}.{folder}.";
        return [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var text = reader.ReadToEnd();
            var head = text.Split('\n').TakeWhile(line => line.StartsWith("// ", StringComparison.Ordinal)).Select(line => line[3..]).ToList();
            string Field(string key) => head.Find(line => line.StartsWith($"{key}: ", StringComparison.Ordinal))?[(key.Length + 2)..] ?? "";
            return new CodeSample(name[prefix.Length..^".cs.txt".Length], head[0], Enum.Parse<CodeKind>(Field("kind"), ignoreCase: true), Field("screen"), Field("expect").Split('|'), text);
        })];
    }
}
