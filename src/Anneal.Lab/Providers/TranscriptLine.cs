using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>First line of a transcript.</summary>
/// <param name="Study">Study that was recorded.</param>
/// <param name="Provider">Who answered.</param>
/// <param name="Model">Which model, as the provider names it; <c>scripted</c> where no model answered.</param>
/// <param name="Label">What it is evidence of, in a word: <c>recorded</c> or <c>scripted</c>.</param>
/// <param name="When">Day of the first call, <c>yyyy-MM-dd</c>, UTC.</param>
public sealed record TranscriptHeader(string Study, string Provider, string Model, string Label, string When);

/// <summary>An answered call.</summary>
/// <param name="Conversation">Conversation.</param>
/// <param name="Turn">Turn, from 0.</param>
/// <param name="RequestHash">Hash of all that was said.</param>
/// <param name="Request">What was new in this turn.</param>
/// <param name="Reply">The answer.</param>
/// <param name="Usd">Dollars it cost when it was recorded.</param>
internal sealed record TranscriptLine(string Conversation, int Turn, string RequestHash, JsonNode? Request, ModelReply Reply, double Usd);
