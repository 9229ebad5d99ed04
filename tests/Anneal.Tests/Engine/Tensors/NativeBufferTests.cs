using Anneal.Engine.Tensors;

namespace Anneal.Tests.Engine.Tensors;

public unsafe class NativeBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(100_003)]
    public void Memory_is_aligned_and_zero(int length)
    {
        using var buffer = new NativeBuffer(length);
        ((nint)buffer.Pointer % 64).ShouldBe(0);
        buffer.Length.ShouldBe(length);
        buffer.Span.Length.ShouldBe(length);
        buffer.Span.ContainsAnyExcept(0f).ShouldBeFalse();
    }

    [Fact]
    public void Clear_sets_zeros_again()
    {
        using var buffer = new NativeBuffer(33);
        buffer.Span.Fill(1f);
        buffer.Clear();
        buffer.Span.ContainsAnyExcept(0f).ShouldBeFalse();
    }

    [Fact]
    public void A_negative_length_is_refused() => Should.Throw<ArgumentOutOfRangeException>(() => new NativeBuffer(-1));

    [Fact]
    public void Disposing_twice_is_harmless()
    {
        var buffer = new NativeBuffer(5);
        buffer.Dispose();
        buffer.Dispose();
        (buffer.Pointer == null).ShouldBeTrue();
    }
}
