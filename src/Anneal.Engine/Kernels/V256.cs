using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>8 floats: AVX2 with FMA.</summary>
public readonly unsafe struct V256(Vector256<float> value) : ISimd<V256>
{
    private readonly Vector256<float> value = value;

    /// <inheritdoc/>
    public static int Width => Vector256<float>.Count;

    /// <inheritdoc/>
    public static V256 Zero
    {
        [MethodImpl(AggressiveInlining)]
        get => new(Vector256<float>.Zero);
    }

    /// <inheritdoc/>
    public static V256 Indices
    {
        [MethodImpl(AggressiveInlining)]
        get => new(Vector256<float>.Indices);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Broadcast(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public void Store(float* destination) => value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 operator +(V256 a, V256 b) => new(a.value + b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 operator -(V256 a, V256 b) => new(a.value - b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 operator *(V256 a, V256 b) => new(a.value * b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 operator /(V256 a, V256 b) => new(a.value / b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Fma(V256 a, V256 b, V256 c) => new(Vector256.MultiplyAddEstimate(a.value, b.value, c.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Min(V256 a, V256 b) => new(Vector256.MinNative(a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Max(V256 a, V256 b) => new(Vector256.MaxNative(a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Sqrt(V256 a) => new(Vector256.Sqrt(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Abs(V256 a) => new(Vector256.Abs(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Round(V256 a) => new(Vector256.Round(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 Scale(V256 a, V256 n)
    {
        // Two factors of 2^(n/2), each a normal float made from its exponent bits.
        Vector256<int> whole = Vector256.ConvertToInt32Native(n.value);
        Vector256<int> half = whole >> 1;
        Vector256<int> bias = Vector256.Create(127);
        return new(a.value * ((half + bias) << 23).AsSingle() * ((whole - half + bias) << 23).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V256 IfGreater(V256 x, V256 y, V256 a, V256 b) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(x.value, y.value), a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static float Sum(V256 a) => V128.Sum(new V128(a.value.GetLower() + a.value.GetUpper()));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static float MaxOf(V256 a) => V128.MaxOf(new V128(Vector128.MaxNative(a.value.GetLower(), a.value.GetUpper())));
}
