using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>One float: the remainder of every vector loop, and the whole of it where there are no vectors.</summary>
public readonly unsafe struct V1(float value) : ISimd<V1>
{
    private readonly float value = value;

    /// <inheritdoc/>
    public static int Width => 1;

    /// <inheritdoc/>
    public static V1 Zero => default;

    /// <inheritdoc/>
    public static V1 Indices => default;

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Broadcast(float value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Load(float* source) => new(*source);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public void Store(float* destination) => *destination = value;

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 operator +(V1 a, V1 b) => new(a.value + b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 operator -(V1 a, V1 b) => new(a.value - b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 operator *(V1 a, V1 b) => new(a.value * b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 operator /(V1 a, V1 b) => new(a.value / b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Fma(V1 a, V1 b, V1 c) => new(float.MultiplyAddEstimate(a.value, b.value, c.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Min(V1 a, V1 b) => new(a.value < b.value ? a.value : b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Max(V1 a, V1 b) => new(a.value > b.value ? a.value : b.value);

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Sqrt(V1 a) => new(MathF.Sqrt(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Abs(V1 a) => new(MathF.Abs(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Round(V1 a) => new(MathF.Round(a.value));

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 Scale(V1 a, V1 n)
    {
        int whole = float.ConvertToIntegerNative<int>(n.value);
        int half = whole >> 1;
        return new(a.value * BitConverter.Int32BitsToSingle((half + 127) << 23) * BitConverter.Int32BitsToSingle((whole - half + 127) << 23));
    }

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static V1 IfGreater(V1 x, V1 y, V1 a, V1 b) => x.value > y.value ? a : b;

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static float Sum(V1 a) => a.value;

    /// <inheritdoc/>
    [MethodImpl(AggressiveInlining)]
    public static float MaxOf(V1 a) => a.value;
}
