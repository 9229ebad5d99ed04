using System.Buffers.Binary;
using System.Text;
using Anneal.Engine.Training;

namespace Anneal.Tests.Engine.Training;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Tensors_read_back_bit_for_bit()
    {
        float[] a = [1.5f, float.NaN, -0f, float.Epsilon, 5, 6], b = [7];
        using (var writer = new SafetensorsWriter(path, [("a.weight", [2, 3]), ("b", [1])]))
        {
            writer.Write(a);
            writer.Write(b);
            writer.Finish();
        }

        using var reader = new SafetensorsReader(path);
        reader.Names.ShouldBe(["a.weight", "b"]);
        reader.ShapeOf("a.weight").ShouldBe([2, 3]);
        var back = new float[6];
        reader.Read("a.weight", [2, 3], back);
        back.Select(BitConverter.SingleToInt32Bits).ShouldBe(a.Select(BitConverter.SingleToInt32Bits));
        Should.Throw<InvalidDataException>(() => reader.Read("a.weight", [3, 2], back)).Message.ShouldContain("shape [2, 3]; expected [3, 2]");
        Should.Throw<InvalidDataException>(() => reader.Read("c", [1], back)).Message.ShouldContain("no tensor c among its 2");
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "inside another tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,80]}}""", 8, "0 to 80 of 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "-8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "shape [3] but 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "negative size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", 8, "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,8]}}""", 8, "cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "the tensors end at byte 4, the data at 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "1 data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":{},"data_offsets":[0,8]}}""", 8, "cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "twice")]
    [InlineData("""{"a":""", 8, "cannot be read")]
    [InlineData("[1]", 0, "cannot be read")]
    public void Hostile_headers_are_refused(string header, int dataBytes, string complaint)
    {
        Write(Encoding.UTF8.GetByteCount(header), header, dataBytes);
        var message = Should.Throw<InvalidDataException>(() => new SafetensorsReader(path)).Message;
        message.ShouldContain(complaint);
        message.ShouldStartWith(path);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(1 << 20)]
    public void A_header_length_that_the_file_cannot_hold_is_refused(long length)
    {
        Write(length, "{}", 0);
        Should.Throw<InvalidDataException>(() => new SafetensorsReader(path)).Message.ShouldContain("truncated, or no safetensors file");
    }

    [Fact]
    public void An_empty_file_and_a_wrong_type_are_refused()
    {
        File.WriteAllBytes(path, [1, 2, 3]);
        Should.Throw<InvalidDataException>(() => new SafetensorsReader(path)).Message.ShouldContain("3 bytes are too few");

        const string Header = """{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""";
        Write(Header.Length, Header, 8);
        using var reader = new SafetensorsReader(path);
        Should.Throw<InvalidDataException>(() => reader.Read("a", [4], new float[4])).Message.ShouldContain("dtype BF16; expected F32");
    }

    [Fact]
    public void A_destination_of_another_length_is_refused()
    {
        const string Header = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        Write(Header.Length, Header, 8);
        using var reader = new SafetensorsReader(path);
        Should.Throw<ArgumentException>(() => reader.Read("a", [2], new float[3]));
    }

    private void Write(long length, string header, int dataBytes)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(header) + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        File.WriteAllBytes(path, bytes);
    }
}
