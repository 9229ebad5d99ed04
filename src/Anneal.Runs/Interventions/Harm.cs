namespace Anneal.Runs.Interventions;

/// <summary>Whether trouble has cost anything yet: the loss against its level before.</summary>
internal static class Harm
{
    private const double Nats = 0.05, Sigmas = 1;

    /// <summary>The loss is really above its level before; without a loss that is a number it is, too.</summary>
    /// <param name="rise">Of the level, nats a token.</param>
    /// <param name="sigma">Deviation of a step's loss before the trouble.</param>
    public static bool Shows(double rise, double sigma) => !(rise <= Math.Max(Nats, Sigmas * sigma));
}
