namespace Anneal.Engine.Layers;

/// <summary>Floating-point operations of elementary functions as our kernels execute them; a fused multiply-add counts two.</summary>
internal static class OpCost
{
    public const double Exp = 25;
    public const double Tanh = 42;
    public const double Sigmoid = 28;
}
