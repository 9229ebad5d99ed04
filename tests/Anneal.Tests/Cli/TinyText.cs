namespace Anneal.Tests.Cli;

/// <summary>Text, a recipe and a study small enough that a run takes a second.</summary>
internal sealed class TinyText : IDisposable
{
    public TinyText()
    {
        var random = new Random(1);
        string[] words = [.. Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, random.Next(2, 8)).Select(_ => (char)random.Next('a', 'z' + 1))))];
        Directory.CreateDirectory(In("texts"));
        for (var i = 0; i < 120; i++)
            File.WriteAllText(In($"texts/{i}.txt"), string.Join(' ', Enumerable.Range(0, 60).Select(_ => words[(int)(60 * random.NextDouble() * random.NextDouble())])));
        File.WriteAllText(In("recipe.yaml"), """
            model: {layers: 1, width: 32, heads: 2, context: 32}
            tokenizer: {kind: bytes}
            data: {corpus: texts, batch_tokens: 128}
            budget: {flops: 4.0e8}
            """);
        File.WriteAllText(In("long.yaml"), """
            model: {layers: 1, width: 32, heads: 2, context: 32}
            tokenizer: {kind: bytes}
            data: {corpus: texts, batch_tokens: 128}
            budget: {tokens: 640000}
            """);
        File.WriteAllText(In("study.yaml"), """
            study: tiny
            recipe: recipe.yaml
            corpus: texts
            parallel: 2
            budget: {experiments: 2}
            acceptance: {max_pairs: 2}
            evaluation: {documents: 4, window: 32, stride: 16}
            rungs: [0.5]
            noise: {null_pairs: 2, nudge_pairs: 0, sealed_pairs: 2}
            """);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("anneal-cli-").FullName;

    public string In(string path) => Path.Combine(Folder, path);

    public CliResult Run(params string[] arguments) => CliProgram.Run(arguments, null, Folder);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
