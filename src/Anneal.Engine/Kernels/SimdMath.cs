using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>Elementary functions over packs, about 1e-7 relative.</summary>
public static class SimdMath
{
    /// <summary>e^x; 0 at negative infinity, infinity above 88.73, NaN stays NaN. Polynomial of Cephes' expf after x = n ln 2 + r.</summary>
    [MethodImpl(AggressiveInlining)]
    public static TV Exp<TV>(TV x)
        where TV : unmanaged, ISimd<TV>
    {
        // x comes second, so that NaN passes.
        x = TV.Min(TV.Broadcast(89f), TV.Max(TV.Broadcast(-104f), x));
        TV n = TV.Round(x * TV.Broadcast(1.44269504088896341f));
        TV r = TV.Fma(n, TV.Broadcast(-0.693359375f), x);
        r = TV.Fma(n, TV.Broadcast(2.12194440e-4f), r);
        TV p = TV.Broadcast(1.9875691500e-4f);
        p = TV.Fma(p, r, TV.Broadcast(1.3981999507e-3f));
        p = TV.Fma(p, r, TV.Broadcast(8.3334519073e-3f));
        p = TV.Fma(p, r, TV.Broadcast(4.1665795894e-2f));
        p = TV.Fma(p, r, TV.Broadcast(1.6666665459e-1f));
        p = TV.Fma(p, r, TV.Broadcast(5.0000001201e-1f));
        p = TV.Fma(p, r * r, r) + TV.Broadcast(1f);
        return TV.Scale(p, n);
    }

    /// <summary>Hyperbolic tangent; Cephes' odd polynomial below 0.625, else 1 - 2 / (e^2x + 1).</summary>
    [MethodImpl(AggressiveInlining)]
    public static TV Tanh<TV>(TV x)
        where TV : unmanaged, ISimd<TV>
    {
        TV one = TV.Broadcast(1f);
        TV z = x * x;
        TV p = TV.Broadcast(-5.70498872745e-3f);
        p = TV.Fma(p, z, TV.Broadcast(2.06390887954e-2f));
        p = TV.Fma(p, z, TV.Broadcast(-5.37397155531e-2f));
        p = TV.Fma(p, z, TV.Broadcast(1.33314422036e-1f));
        p = TV.Fma(p, z, TV.Broadcast(-3.33332819422e-1f));
        TV near = TV.Fma(p * z, x, x);
        TV far = one - TV.Broadcast(2f) / (Exp(x + x) + one);
        return TV.IfGreater(TV.Abs(x), TV.Broadcast(0.625f), far, near);
    }

    /// <summary>Logistic function 1 / (1 + e^-x).</summary>
    [MethodImpl(AggressiveInlining)]
    public static TV Sigmoid<TV>(TV x)
        where TV : unmanaged, ISimd<TV>
    {
        TV one = TV.Broadcast(1f);
        return one / (one + Exp(TV.Zero - x));
    }
}
