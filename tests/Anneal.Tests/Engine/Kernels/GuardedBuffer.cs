using Anneal.Engine.Tensors;

namespace Anneal.Tests.Engine.Kernels;

/// <summary>Random floats between two zones of a known value, so that a kernel that writes outside is caught.</summary>
internal sealed unsafe class GuardedBuffer : IDisposable
{
    private const int Zone = 64;
    private const float Mark = -12345.5f;
    private readonly NativeBuffer memory;
    private readonly int length;

    public GuardedBuffer(int length, int seed = 0)
    {
        memory = new NativeBuffer(length + 2 * Zone);
        this.length = length;
        memory.Span.Fill(Mark);
        var random = new Random(seed);
        foreach (ref float x in Span) x = (float)(random.NextDouble() * 2 - 1);
    }

    public float* Pointer => memory.Pointer + Zone;

    public Span<float> Span => memory.Span.Slice(Zone, length);

    public void Dispose() => memory.Dispose();

    public void GuardsShouldBeUntouched()
    {
        memory.Span[..Zone].ContainsAnyExcept(Mark).ShouldBeFalse("written before the start");
        memory.Span[(Zone + length)..].ContainsAnyExcept(Mark).ShouldBeFalse("written after the end");
    }
}
