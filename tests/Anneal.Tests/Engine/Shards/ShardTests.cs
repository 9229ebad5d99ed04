using Anneal.Engine.Shards;

namespace Anneal.Tests.Engine.Shards;

public sealed class ShardTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("anneal-shard-").FullName;

    private string File => Path.Combine(folder, "train.bin");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_shard_reads_back_what_was_written_in_llm_c_layout()
    {
        ushort[] tokens = [0, 1, 65535, 300, 2];
        Shard.Write(File, tokens);
        using var shard = Shard.Open(File);
        shard.Tokens.ToArray().ShouldBe(tokens);

        var bytes = System.IO.File.ReadAllBytes(File);
        bytes.Length.ShouldBe(1024 + 10);
        BitConverter.ToInt32(bytes, 0).ShouldBe(20240520);
        BitConverter.ToInt32(bytes, 4).ShouldBe(1);
        BitConverter.ToInt32(bytes, 8).ShouldBe(5);
        BitConverter.ToUInt16(bytes, 1024 + 4).ShouldBe((ushort)65535);
        Directory.GetFiles(folder).ShouldBe([File], "no temporary file stays behind");
    }

    [Fact]
    public void Damage_is_named()
    {
        Shard.Write(File, [1, 2, 3]);
        var good = System.IO.File.ReadAllBytes(File);
        Refuse(good[..1000]).ShouldContain("header of 1024 bytes, the file has 1000");
        Refuse([]).ShouldContain("the file has 0");
        Refuse(good[..^1]).ShouldContain("promises 3 tokens (1030 bytes), the file has 1029");
        Refuse([.. good, 0, 0]).ShouldContain("the file has 1032");
        Refuse(Change(good, 0, 77)).ShouldContain("not a token shard");
        Refuse(Change(good, 4, 9)).ShouldContain("shard version 9");
        Refuse(Change(good, 11, 0x80)).ShouldContain("truncated or overwritten");
        Should.Throw<FileNotFoundException>(() => Shard.Open(File + ".missing"));
    }

    private static byte[] Change(byte[] bytes, int place, byte value)
    {
        var copy = (byte[])bytes.Clone();
        copy[place] = value;
        return copy;
    }

    private string Refuse(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        return Should.Throw<InvalidDataException>(() => Shard.Open(File)).Message;
    }
}
