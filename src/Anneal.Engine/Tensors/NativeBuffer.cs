using System.Runtime.InteropServices;

namespace Anneal.Engine.Tensors;

/// <summary>Floats outside the managed heap: aligned to 64 bytes (one cache line, one AVX-512 vector), zero at birth, never moved.</summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint Alignment = 64;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    /// <param name="length">Number of floats, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has no memory left.</exception>
    public NativeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        // Whole cache lines, so that the last vector of a buffer never shares a line with a neighbour.
        nuint bytes = ((nuint)length * sizeof(float) + Alignment - 1) / Alignment * Alignment;
        Pointer = (float*)NativeMemory.AlignedAlloc(nuint.Max(bytes, Alignment), Alignment);
        NativeMemory.Clear(Pointer, bytes);
        Length = length;
        if (bytes > 0) GC.AddMemoryPressure((long)bytes);
    }

    /// <summary>Gives the memory back if nobody disposed of it.</summary>
    ~NativeBuffer() => Free();

    /// <summary>First float; null after <see cref="Dispose"/>.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>The floats as a span.</summary>
    /// <exception cref="OverflowException">The buffer holds more than 2^31 - 1 floats.</exception>
    public Span<float> Span => new(Pointer, checked((int)Length));

    /// <summary>Sets every float to zero.</summary>
    public void Clear() => NativeMemory.Clear(Pointer, (nuint)Length * sizeof(float));

    /// <summary>Frees the memory; pointers into it are dangling afterwards.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Pointer == null) return;
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        if (Length > 0) GC.RemoveMemoryPressure(((long)Length * sizeof(float) + (long)Alignment - 1) / (long)Alignment * (long)Alignment);
    }
}
