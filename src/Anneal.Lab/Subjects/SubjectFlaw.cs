namespace Anneal.Lab.Subjects;

/// <summary>An edit that cannot be tried, or a number that cannot be believed.</summary>
/// <param name="Rule">The rule that it breaks, in snake case.</param>
/// <param name="Detail">The evidence, in a sentence.</param>
internal sealed record SubjectFlaw(string Rule, string Detail);
