using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>4 floats: SSE, Neon.</summary>
public readonly unsafe struct V128(Vector128<float> value) : ISimd<V128>
{
    private readonly Vector128<float> value = value;

    /// <inheritdoc/>
    public static int Width => Vector128<float>.Count;

    /// <inheritdoc/>
    public static V128 Zero
    {
        [MethodImpl(AggressiveInlining)]
        get => new(Vector128<float>.Zero);
    }

    /// <inheritdoc/>
    public static V128 Indices
    {
        [MethodImpl(AggressiveInlining)]
        get => new(Vector128<float>.Indices);
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Broadcast(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public void Store(float* destination) => value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 operator +(V128 a, V128 b) => new(a.value + b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 operator -(V128 a, V128 b) => new(a.value - b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 operator *(V128 a, V128 b) => new(a.value * b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 operator /(V128 a, V128 b) => new(a.value / b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Fma(V128 a, V128 b, V128 c) => new(Vector128.MultiplyAddEstimate(a.value, b.value, c.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Min(V128 a, V128 b) => new(Vector128.MinNative(a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Max(V128 a, V128 b) => new(Vector128.MaxNative(a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Sqrt(V128 a) => new(Vector128.Sqrt(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Abs(V128 a) => new(Vector128.Abs(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Round(V128 a) => new(Vector128.Round(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 Scale(V128 a, V128 n)
    {
        // Two factors of 2^(n/2), each a normal float made from its exponent bits.
        Vector128<int> whole = Vector128.ConvertToInt32Native(n.value);
        Vector128<int> half = whole >> 1;
        Vector128<int> bias = Vector128.Create(127);
        return new(a.value * ((half + bias) << 23).AsSingle() * ((whole - half + bias) << 23).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V128 IfGreater(V128 x, V128 y, V128 a, V128 b) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(x.value, y.value), a.value, b.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static float Sum(V128 a)
    {
        Vector128<float> pairs = a.value + Vector128.Shuffle(a.value, Vector128.Create(2, 3, 0, 1));
        return (pairs + Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static float MaxOf(V128 a)
    {
        Vector128<float> pairs = Vector128.MaxNative(a.value, Vector128.Shuffle(a.value, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
