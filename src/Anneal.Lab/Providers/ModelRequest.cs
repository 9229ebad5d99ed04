using System.Text.Json.Nodes;

namespace Anneal.Lab.Providers;

/// <summary>
/// What a model is asked. Content is in the Messages API's block form (<c>text</c>, <c>tool_use</c>, <c>tool_result</c>,
/// <c>thinking</c>) whatever the provider; assistant blocks go back exactly as they came.
/// </summary>
public sealed record ModelRequest
{
    /// <summary>Stable first part: rules, recipe keys, tools. Cached by providers that can.</summary>
    public required string System { get; init; }

    /// <summary>Tools that may be called; part of the stable prefix.</summary>
    public IReadOnlyList<ToolSpec> Tools { get; init; } = [];

    /// <summary>Turns so far, user first, roles alternating.</summary>
    public required IReadOnlyList<ModelMessage> Messages { get; init; }

    /// <summary>Most tokens of the answer, thinking included.</summary>
    public int MaxTokens { get; init; } = 8192;

    /// <summary>Conversation that asks (<c>proposal/3</c>); the desk fills it in. A replay answers by it; it is not sent.</summary>
    public string Conversation { get; init; } = "";

    /// <summary>Turn of the conversation, from 0; the desk fills it in, it is not sent.</summary>
    public int Turn { get; init; }
}

/// <summary>One turn.</summary>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Blocks. A block with <c>"cache_control"</c> ends a cached prefix.</param>
public sealed record ModelMessage(string Role, JsonArray Content);

/// <summary>A tool as a model sees it.</summary>
/// <param name="Name">Snake case.</param>
/// <param name="Description">What it does and when to use it.</param>
/// <param name="Schema">JSON schema of its input: an object, <c>additionalProperties: false</c>, every property described.</param>
public sealed record ToolSpec(string Name, string Description, JsonObject Schema);
