namespace Anneal.Lab.Research;

/// <summary>What a study's language model will probably cost.</summary>
/// <param name="Model">Model, as the models file names it.</param>
/// <param name="Proposals">Proposals that will probably be asked of it.</param>
/// <param name="Low">Dollars, if it answers at once and briefly.</param>
/// <param name="Likely">Dollars, as conversations usually go.</param>
/// <param name="High">Dollars, if it looks at much and thinks long.</param>
/// <param name="Tokens">Tokens of the likely course, read and written.</param>
/// <param name="CacheShare">Share of the tokens read that will come from the cache, 0 to 1.</param>
/// <param name="Limit">The study's limit in dollars; it holds whatever is estimated.</param>
public sealed record StudyEstimate(string Model, int Proposals, double Low, double Likely, double High, long Tokens, double CacheShare, double? Limit);
