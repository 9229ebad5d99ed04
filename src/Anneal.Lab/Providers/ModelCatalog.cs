using Anneal.Runs;
using Anneal.Runs.Yaml;

namespace Anneal.Lab.Providers;

/// <summary>
/// The models that can be asked, with prices. It is read from <c>models.yaml</c> beside the program, then from the lab's own
/// <c>models.yaml</c>, then from the file that <c>ANNEAL_MODELS</c> names; a later file replaces a model whole, by its name.
/// </summary>
public sealed class ModelCatalog
{
    /// <summary>Name of the file in its places.</summary>
    public const string FileName = "models.yaml";

    private static readonly Scalar<double> dollars = Scalar.Real(0);

    private readonly Dictionary<string, CatalogModel> models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> defaults = new(StringComparer.Ordinal);
    private readonly List<string> files = [];

    private ModelCatalog()
    {
    }

    /// <summary>All models, by name.</summary>
    public IReadOnlyCollection<CatalogModel> Models => models.Values;

    /// <summary>Files that were read, the last one winning.</summary>
    public IReadOnlyList<string> Files => files;

    /// <summary>Reads the files that are there.</summary>
    /// <param name="lab">The lab's folder; null leaves it out.</param>
    /// <exception cref="InputException">A file is wrong: file, line, column and the nearest valid word.</exception>
    public static ModelCatalog Load(string? lab)
    {
        var catalog = new ModelCatalog();
        catalog.Read(Path.Combine(AppContext.BaseDirectory, FileName));
        if (lab is not null && Path.Combine(lab, FileName) is var own && File.Exists(own)) catalog.Read(own);
        if (Environment.GetEnvironmentVariable("ANNEAL_MODELS") is { Length: > 0 } named) catalog.Read(named);
        return catalog;
    }

    /// <summary>Reads a text in place of the files.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="name">Stands for the file in messages.</param>
    /// <exception cref="InputException">It is wrong.</exception>
    public static ModelCatalog Parse(string text, string name)
    {
        var catalog = new ModelCatalog();
        catalog.Read(YamlReader.Parse(text, name));
        return catalog;
    }

    /// <summary>A model that may be asked for money, or for nothing if its price is zero.</summary>
    /// <param name="provider"><c>claude</c> or <c>openai</c>.</param>
    /// <param name="name">Its name; null takes the provider's default.</param>
    /// <exception cref="InputException">It is not listed or has no price: the message says what to add, or the nearest name.</exception>
    public CatalogModel Find(string provider, string? name)
    {
        name ??= defaults.GetValueOrDefault(provider)
            ?? throw new InputException(files[^1], $"names no default model for {provider}: add `defaults: {{{provider}: NAME}}`, or name one with --model.");
        if (!models.TryGetValue(name, out var model) || model.Provider != provider)
        {
            var near = NearestWord.Find(name, models.Values.Where(m => m.Provider == provider).Select(m => m.Name));
            throw new InputException(files[^1], $"does not list the {provider} model `{name}`{(near is null ? "" : $" (did you mean `{near}`?)")}. {HowToAdd(provider, name)}");
        }
        if (model.Price is null)
            throw new InputException(files[^1], $"says no price for `{name}`, and a budget cannot be kept without one. {HowToAdd(provider, name)}");
        return model;
    }

    private static string HowToAdd(string provider, string name) =>
        $"Add it to {FileName} in the lab's folder, with prices in dollars per million tokens: `models: {{{name}: {{provider: {provider}, input: N, output: N, cache_write: N, cache_read: N, as_of: YYYY-MM-DD, source: WHERE}}}}`; 0 for a model of your own.";

    private void Read(string file) => Read(YamlReader.Open(file));

    private void Read(YamlReader reader)
    {
        files.Add(reader.File);
        foreach (var (provider, name) in reader.Root.Dictionary("defaults", Scalar.Text)) defaults[provider] = name;
        foreach (var (name, map) in reader.Root.Maps("models")) models[name] = ReadModel(name, map);
        reader.Finish();
    }

    private static CatalogModel ReadModel(string name, YamlMap map)
    {
        var efforts = map.List("efforts", Scalar.Text, []);
        var effort = map.Get<string?>("effort", Scalar.Text!, null);
        if (effort is not null && !efforts.Contains(effort, StringComparer.Ordinal))
            map.Fail("effort", $"`effort` is `{effort}`: {NearestWord.Hint(effort, [.. efforts])}");
        var over = map.Has("long_prompt") ? map.Map("long_prompt") : null;
        return new CatalogModel
        {
            Name = name,
            Provider = map.Require("provider", Scalar.OneOf("claude", "openai")),
            Price = ReadPrice(map),
            LongFrom = over?.Require("above", Scalar.Long(1)) ?? long.MaxValue,
            LongPrice = over is null ? null : ReadPrice(over),
            AsOf = map.Get("as_of", Scalar.Text, ""),
            Source = map.Get("source", Scalar.Text, ""),
            Context = map.Get("context", Scalar.Int(1024), 128_000),
            MaxOutput = map.Get("max_output", Scalar.Int(256), 16_384),
            Efforts = efforts,
            Effort = effort,
        };
    }

    // A model may stand here without a price: then it is known, and not bought from.
    private static ModelPrice? ReadPrice(YamlMap map)
    {
        var (input, output) = (map.Get("input", dollars.OrNull(), null), map.Get("output", dollars.OrNull(), null));
        var (write, read) = (map.Get("cache_write", dollars.OrNull(), null), map.Get("cache_read", dollars.OrNull(), null));
        return input is null || output is null ? null : new ModelPrice(input.Value, output.Value, write ?? input.Value, read ?? input.Value);
    }
}
