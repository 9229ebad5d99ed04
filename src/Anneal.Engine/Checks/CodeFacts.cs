namespace Anneal.Engine.Checks;

/// <summary>What a dry run says about code of proposals in a recipe.</summary>
/// <param name="FlopsPerStep">Floating-point operations of a step, products of the code included.</param>
/// <param name="Parameters">Learned numbers.</param>
/// <param name="Problems">What is wrong, in sentences; empty for sound code.</param>
public sealed record CodeFacts(double FlopsPerStep, long Parameters, IReadOnlyList<string> Problems);
