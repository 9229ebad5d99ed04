namespace Anneal.Engine.Kernels;

/// <summary>
/// A pack of <see cref="Width"/> floats. A kernel is written once against this and compiled for <see cref="V512"/>, <see cref="V256"/>,
/// <see cref="V128"/> and <see cref="V1"/>; the JIT resolves every member to one instruction.
/// </summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
public unsafe interface ISimd<TSelf>
    where TSelf : unmanaged, ISimd<TSelf>
{
    /// <summary>Floats in the pack.</summary>
    static abstract int Width { get; }

    /// <summary>All zeros.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>0, 1, 2, ...</summary>
    static abstract TSelf Indices { get; }

    /// <summary>One value in every place.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Reads <see cref="Width"/> floats; no alignment needed.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Writes <see cref="Width"/> floats; no alignment needed.</summary>
    void Store(float* destination);

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>a - b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>a * b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a / b.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a * b + c, rounded once where the processor can.</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller; on x86 the second operand when either is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger; on x86 the second operand when either is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Square root, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>Magnitude.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>Nearest integer, ties to even.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>a * 2^n for integral n from -252 to 252; overflows to infinity and underflows gradually.</summary>
    static abstract TSelf Scale(TSelf a, TSelf n);

    /// <summary>Where x &gt; y then a else b; a comparison with NaN is false.</summary>
    static abstract TSelf IfGreater(TSelf x, TSelf y, TSelf a, TSelf b);

    /// <summary>Sum of all places, halves added pairwise: always in the same order.</summary>
    static abstract float Sum(TSelf a);

    /// <summary>Largest of all places.</summary>
    static abstract float MaxOf(TSelf a);
}
