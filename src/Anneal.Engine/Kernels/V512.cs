using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>16 floats: AVX-512.</summary>
public readonly unsafe struct V512(Vector512<float> value) : ISimd<V512>
{
    private readonly Vector512<float> value = value;

    /// <inheritdoc/>
    public static int Width => Vector512<float>.Count;

    /// <inheritdoc/>
    public static V512 Zero
    {
        [MethodImpl(AggressiveInlining)]
        get => new(Vector512<float>.Zero);
    }

    /// <inheritdoc/>
    public static V512 Indices
    {
        [MethodImpl(AggressiveInlining)]
        get => new(Vector512<float>.Indices);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Broadcast(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public void Store(float* destination) => value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 operator +(V512 a, V512 b) => new(a.value + b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 operator -(V512 a, V512 b) => new(a.value - b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 operator *(V512 a, V512 b) => new(a.value * b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 operator /(V512 a, V512 b) => new(a.value / b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Fma(V512 a, V512 b, V512 c) => new(Vector512.MultiplyAddEstimate(a.value, b.value, c.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Min(V512 a, V512 b) => new(Vector512.MinNative(a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Max(V512 a, V512 b) => new(Vector512.MaxNative(a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Sqrt(V512 a) => new(Vector512.Sqrt(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Abs(V512 a) => new(Vector512.Abs(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Round(V512 a) => new(Vector512.Round(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 Scale(V512 a, V512 n)
    {
        if (Avx512F.IsSupported) return new(Avx512F.Scale(a.value, n.value));

        // Two factors of 2^(n/2), each a normal float made from its exponent bits.
        Vector512<int> whole = Vector512.ConvertToInt32Native(n.value);
        Vector512<int> half = whole >> 1;
        Vector512<int> bias = Vector512.Create(127);
        return new(a.value * ((half + bias) << 23).AsSingle() * ((whole - half + bias) << 23).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V512 IfGreater(V512 x, V512 y, V512 a, V512 b) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(x.value, y.value), a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static float Sum(V512 a) => V256.Sum(new V256(a.value.GetLower() + a.value.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static float MaxOf(V512 a) => V256.MaxOf(new V256(Vector256.MaxNative(a.value.GetLower(), a.value.GetUpper())));
}
