using Anneal.Lab.Reports;

namespace Anneal.Server.Mcp;

/// <summary>Most that a job can cost; infinite where it has no limit of its own.</summary>
/// <param name="Flops">Counted training FLOPs.</param>
/// <param name="Usd">Dollars for language models.</param>
/// <param name="Seconds">Wall-clock seconds.</param>
internal readonly record struct Cost(double Flops, double Usd, double Seconds)
{
    public static Cost operator +(Cost one, Cost other) => new(one.Flops + other.Flops, one.Usd + other.Usd, one.Seconds + other.Seconds);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ",
        Flops == 0 ? "no training" : double.IsFinite(Flops) ? $"at most {Units.Flops(Flops)}" : "FLOPs without a limit",
        Usd == 0 ? "no money" : double.IsFinite(Usd) ? $"at most ${Usd:0.00}" : "dollars without a limit",
        double.IsFinite(Seconds) ? $"at most {Units.Duration(Seconds)}" : "no limit in time");
}
