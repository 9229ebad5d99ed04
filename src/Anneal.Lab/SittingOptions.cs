using Anneal.Lab.Providers;

namespace Anneal.Lab;

/// <summary>How one sitting at a study works; nothing that its evidence depends on.</summary>
public sealed record SittingOptions
{
    /// <summary>Who proposes (<c>--researcher</c>), one of <see cref="ResearcherChoice.Names"/>; null takes the study's.</summary>
    public string? Researcher { get; init; }

    /// <summary>Most dollars for a language model over all sittings (<c>--usd</c>); null takes the study's <c>budget.usd</c>.</summary>
    public double? Usd { get; init; }

    /// <summary>Transcript to answer from instead of a model (<c>--replay</c>); null asks the model.</summary>
    public string? Replay { get; init; }

    /// <summary>Runs code of proposals without a sandbox where there is none (<c>--allow-unsandboxed</c>).</summary>
    public bool AllowUnsandboxed { get; init; }

    /// <summary>Model to ask, by its name in the models file; null takes the file's default for the provider.</summary>
    public string? Model { get; init; }

    /// <summary>Effort level to ask for; null takes the file's.</summary>
    public string? Effort { get; init; }

    /// <summary>Who answers in place of the model that the study asks for, and at what price.</summary>
    internal (ILanguageModel Model, CatalogModel Entry)? Voice { get; init; }
}
