using Anneal.Engine.Shards;
using FsCheck;
using FsCheck.Fluent;

namespace Anneal.Tests.Engine.Shards;

public sealed class TokenStreamTests : IDisposable
{
    private const ushort End = 999;

    private readonly string folder = Directory.CreateTempSubdirectory("anneal-stream-").FullName;
    private readonly Shard shard;

    public TokenStreamTests()
    {
        // Document d: the tokens 10 d, 10 d + 1, ... (d + 1 of them), then the end.
        var tokens = Enumerable.Range(0, 9).SelectMany(d => Enumerable.Range(0, d + 1).Select(i => (ushort)((10 * d) + i)).Append(End));
        Shard.Write(Path.Combine(folder, "a.bin"), [.. tokens]);
        shard = Shard.Open(Path.Combine(folder, "a.bin"));
    }

    public void Dispose()
    {
        shard.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void An_epoch_holds_every_document_once_and_whole()
    {
        var tokens = Read(new(shard, 1), shard.Length, 1);
        Documents(tokens).Order().ShouldBe(Enumerable.Range(0, 9));
        tokens.Order().ShouldBe(shard.Tokens.ToArray().Select(token => (int)token).Order());
    }

    [Fact]
    public void Epochs_and_seeds_differ_in_order_and_repeat_exactly()
    {
        var two = Documents(Read(new(shard, 1), 2 * shard.Length, 1));
        two[..9].ShouldNotBe(two[9..]);
        Documents(Read(new(shard, 1), 2 * shard.Length, 1)).ShouldBe(two);
        Documents(Read(new(shard, 2), 2 * shard.Length, 1)).ShouldNotBe(two);
    }

    [Fact]
    public void The_text_does_not_depend_on_the_batch()
    {
        var one = Read(new(shard, 5), 300, 1);
        foreach (var batch in new[] { 2, 3, 25, 100, 150 }) Read(new(shard, 5), 300, batch).ShouldBe(one);
    }

    [Fact]
    public void The_look_ahead_token_starts_the_next_batch()
    {
        var stream = new TokenStream(shard, 5);
        int[] first = new int[8], second = new int[8];
        for (var i = 0; i < 40; i++)
        {
            stream.Next(first);
            stream.Next(second);
            second[0].ShouldBe(first[^1]);
            (first, second) = (second, first);
        }
    }

    [Fact]
    public void A_cursor_continues_exactly() =>
        Prop.ForAll(
            Gen.Choose(1, 60).SelectMany(batch => Gen.Choose(0, 30).Select(before => (batch, before))).ToArbitrary(),
            sample =>
            {
                float[] weights = [1, 0, 2.5f, 0.3f, 1, 1, 0.5f, 3, 1];
                var whole = new TokenStream(shard, 8, weights);
                Read(whole, sample.before * sample.batch, sample.batch);
                var resumed = new TokenStream(shard, 8, weights) { Cursor = whole.Cursor };
                int[] a = new int[sample.batch + 1], b = new int[sample.batch + 1];
                for (var i = 0; i < 10; i++)
                {
                    whole.Next(a);
                    resumed.Next(b);
                    if (!a.SequenceEqual(b) || whole.RepeatFraction != resumed.RepeatFraction || whole.Cursor != resumed.Cursor) return false;
                }

                return true;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(new Replay(new Rnd(3UL, 5UL), Microsoft.FSharp.Core.FSharpOption<int>.None)));

    [Fact]
    public void Repeats_are_counted_from_the_second_pass_on()
    {
        var stream = new TokenStream(shard, 1);
        var batch = new int[shard.Length + 1];
        stream.Next(batch);
        stream.RepeatFraction.ShouldBe(0);
        stream.Next(batch);
        stream.RepeatFraction.ShouldBe(1);
        var twice = new TokenStream(shard, 1, [2, 2, 2, 2, 2, 2, 2, 2, 2]);
        twice.Next(new int[(2 * shard.Length) + 1]);
        twice.RepeatFraction.ShouldBe(0.5, 1e-9);
    }

    [Fact]
    public void Weights_are_expected_passes_and_keep_the_order_of_the_others()
    {
        float[] weights = [0, 1, 1, 0.25f, 1, 1, 1, 3, 1];
        var epochs = 400;
        var stream = new TokenStream(shard, 4, weights);
        var counts = new int[9];
        var token = new int[2];
        while (stream.Cursor.Epoch < epochs)
        {
            stream.Next(token);
            if (token[1] != End && token[1] % 10 == 0) counts[token[1] / 10]++;
        }

        counts[0].ShouldBe(0);
        counts[1].ShouldBeInRange(epochs - 1, epochs + 1);
        counts[7].ShouldBeInRange(3 * epochs - 3, 3 * epochs + 3);
        counts[3].ShouldBeInRange(70, 130);

        var plain = Documents(Read(new(shard, 4), shard.Length, 1));
        var without = Documents(Read(new(shard, 4, [1, 1, 1, 0, 1, 1, 1, 0, 1]), shard.Length - 5 - 9, 1));
        without.ShouldBe(plain.Where(document => document is not 3 and not 7));
    }

    [Fact]
    public void Bad_weights_and_cursors_are_refused()
    {
        Should.Throw<ArgumentException>(() => new TokenStream(shard, 1, [1, 2])).Message.ShouldContain("has 9 documents, the mixture gives 2 weights");
        Should.Throw<ArgumentException>(() => new TokenStream(shard, 1, new float[9])).Message.ShouldContain("nothing is left");
        Should.Throw<ArgumentException>(() => new TokenStream(shard, 1, [1, 1, 1, -1, 1, 1, 1, 1, 1])).Message.ShouldContain("document 3 is -1");
        var stream = new TokenStream(shard, 1);
        Should.Throw<ArgumentException>(() => stream.Cursor = new(0, 9, 0, -1, false)).Message.ShouldContain("outside");
        Should.Throw<ArgumentException>(() => stream.Cursor = new(-1, 0, 0, -1, false));
    }

    private static int[] Read(TokenStream stream, int tokens, int batch)
    {
        var all = new List<int>();
        var buffer = new int[batch + 1];
        while (all.Count < tokens)
        {
            stream.Next(buffer);
            all.AddRange(buffer[..^1]);
        }

        return [.. all[..tokens]];
    }

    private static int[] Documents(int[] tokens) => [.. tokens.Where(token => token != End && token % 10 == 0).Select(token => token / 10)];
}
