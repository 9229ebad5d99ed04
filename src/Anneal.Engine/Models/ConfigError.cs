namespace Anneal.Engine.Models;

/// <summary>What is wrong with one setting.</summary>
/// <param name="Key">Setting in snake case, without its section: <c>kv_heads</c>, <c>mlp.ratio</c>.</param>
/// <param name="Message">The value, what is expected, and a way out.</param>
public sealed record ConfigError(string Key, string Message);
