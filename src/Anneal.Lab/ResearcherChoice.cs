using Anneal.Runs;

namespace Anneal.Lab;

/// <summary>Who proposes in a study: settled once, from what the study asks for, the sitting's options, and the keys that are there.</summary>
public static class ResearcherChoice
{
    /// <summary>The built-in researcher; no language model.</summary>
    public const string Embedded = "embedded";

    /// <summary>A language model where there is a key and a dollar budget for one, else <see cref="Embedded"/>.</summary>
    public const string Auto = "auto";

    /// <summary>A transcript in a model's place (<c>--replay</c>). No study's file says so: a study that was started as a replay stays one, and never spends.</summary>
    public const string Replay = "replay";

    /// <summary>Nobody here: the study waits for proposals that are handed in, over MCP or as files.</summary>
    public const string Inbox = "mcp";

    /// <summary>What may stand in a study's file and behind <c>--researcher</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, "claude", "openai", Embedded, Inbox];

    /// <summary>The study with its researcher and dollars settled; a started study keeps the researcher that it was started with.</summary>
    /// <param name="asked">The study's file.</param>
    /// <param name="options">Of this sitting.</param>
    /// <param name="started">Researcher that the study was started with; null for a new one.</param>
    /// <exception cref="InputException">No such researcher, or a paid one without a budget.</exception>
    public static StudySpec Settle(StudySpec asked, SittingOptions options, string? started)
    {
        var spec = asked with { Researcher = options.Researcher ?? asked.Researcher, Budget = asked.Budget with { Usd = options.Usd ?? asked.Budget.Usd } };
        if (options.Replay is not null || (spec.Researcher == Replay && started == Replay)) return spec with { Researcher = Replay };
        if (!Names.Contains(spec.Researcher))
            throw new InputException("--researcher", $"`{spec.Researcher}` is no researcher; {NearestWord.Hint(spec.Researcher, [.. Names])}");
        if (spec.Researcher == Auto)
            spec = spec with { Researcher = started ?? Best(spec.Budget.Usd) };
        if (IsPaid(spec.Researcher) && spec.Budget.Usd is null)
            throw new InputException(spec.Study, $"asks {spec.Researcher} to propose, which costs money, and sets no limit. Give one: --usd 5, or `budget: {{usd: 5}}` in the study's file. A local server that costs nothing needs one, too: any amount.");
        return spec;
    }

    /// <summary>Why a model that could be asked is not, in a sentence; null where there is nothing to say.</summary>
    /// <param name="asked">The study's file.</param>
    /// <param name="options">Of this sitting.</param>
    /// <param name="started">Researcher that the study was started with; null for a new one.</param>
    /// <param name="isSet">Whether an environment variable is set; null looks.</param>
    public static string? Unused(StudySpec asked, SittingOptions options, string? started, Func<string, bool>? isSet = null)
    {
        if (started is not null || options.Replay is not null || (options.Researcher ?? asked.Researcher) != Auto || (options.Usd ?? asked.Budget.Usd) is not null) return null;
        return Paid(isSet ?? IsSet) is { } model
            ? $"There is a key for {model}, and no limit on what it may spend: the built-in researcher proposes. To ask {model}, start a study with --usd 5, or `budget: {{usd: 5}}` in its file."
            : null;
    }

    /// <summary>Whether a researcher costs money.</summary>
    /// <param name="researcher">Settled name.</param>
    public static bool IsPaid(string researcher) => researcher is "claude" or "openai";

    /// <summary>A language model for which the environment holds a key; null for none.</summary>
    internal static string? WithKey() => Paid(IsSet);

    private static string Best(double? usd) => usd is null ? Embedded : Paid(IsSet) ?? Embedded;

    private static string? Paid(Func<string, bool> isSet) =>
        isSet("ANTHROPIC_API_KEY") ? "claude"
        : isSet("OPENAI_API_KEY") || isSet("OPENAI_BASE_URL") ? "openai"
        : null;

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
