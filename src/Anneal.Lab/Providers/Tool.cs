using System.Text.Json;

namespace Anneal.Lab.Providers;

/// <summary>A tool that a conversation offers.</summary>
/// <param name="Spec">As the model sees it.</param>
/// <param name="CallAsync">Does it. Input has passed the schema.</param>
public sealed record Tool(ToolSpec Spec, Func<JsonElement, CancellationToken, Task<ToolAnswer>> CallAsync);

/// <summary>What a tool answered.</summary>
/// <param name="Text">For the model. Foreign text in it is fenced already.</param>
/// <param name="IsError">The call was wrong; the text teaches how to make it right.</param>
/// <param name="Ends">The conversation has what it was for.</param>
public sealed record ToolAnswer(string Text, bool IsError = false, bool Ends = false);
