using System.IO.Compression;
using System.Text;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching.Replays;
using Monitor = Anneal.Runs.Monitoring.Monitor;

namespace Anneal.Tests.Runs.Watching.Replays;

/// <summary>Streams that no writer meant to write. Each is read to its end; what was not understood is counted, and the first of it shown.</summary>
public sealed class BadDayTests
{
    private const string Three = "{\"step\":1,\"train/loss\":3}\n{\"step\":2,\"train/loss\":2.5}\n{\"step\":3,\"train/loss\":2}\n";

    [Theory]
    [InlineData("", 0)]
    [InlineData("\n\n \r\n", 0)]
    [InlineData("\uFEFF" + Three, 3)]
    [InlineData("{\"step\":1,\"train/loss\":3}\r\n\r\n{\"step\":2,\"train/loss\":2.5}\r\n", 2)]
    [InlineData("{\"step\":\"1\",\"loss\":\"3.14\",\"lr\":\"1e-3\"}\n{\"step\":\" 2 \",\"loss\":\"NaN\"}\n", 2)]
    [InlineData("{\"step\":1,\"train/loss\":NaN}\n{\"step\":2,\"train/loss\":-Infinity}\n{\"step\":3,\"train/loss\":Infinity}\n", 3)]
    [InlineData("{'step': 1, 'loss': nan, 'note': None, 'ok': True}\n", 1)]
    [InlineData("{\"step\":1,\"train/loss\":3,\"train/lr\":null,\"text\":\"a, \\\"b\\\" }\",\"list\":[1,{\"step\":7},[]],\"deep\":{\"a\":{\"b\":1}}}\n", 1)]
    [InlineData("{\"iter\":0,\"train\":{\"loss\":3,\"lr\":1e-3}}\n{\"iter\":1,\"metrics\":{\"loss\":2.9}}\n", 2)]
    [InlineData("step 1: loss 3.2, lr 0.001\nepoch begins\nstep 2: loss 3.1, lr 0.001\n", 2)]
    [InlineData("{\"loss\":3}\n{\"loss\":2.9}\n", 2)]
    public async Task What_can_be_read_is_read(string stream, int steps) => (await Watch(stream)).Report.Steps.ShouldBe(steps);

    [Theory]
    [InlineData("no numbers here\n", 4, "no numbers here")]
    [InlineData("[1,2,3]\n", 4, "[1,2,3]")]
    [InlineData("{\"step\":4,\"train/loss\":2", 4, "{\"step\":4,\"train/loss\":2")]
    [InlineData("{\"step\":4.5,\"train/loss\":2}\n", 4, "{\"step\":4.5,\"train/loss\":2}")]
    [InlineData("{\"step\":-4,\"train/loss\":2}\n", 4, "{\"step\":-4,\"train/loss\":2}")]
    [InlineData("{\"step\":1e18,\"train/loss\":2}\n", 4, "{\"step\":1e18,\"train/loss\":2}")]
    [InlineData("{\"step\":4 \"train/loss\":2}\n", 4, "{\"step\":4 \"train/loss\":2}")]
    public async Task What_is_not_understood_is_counted_and_its_first_line_shown(string last, long line, string excerpt)
    {
        var report = (await Watch(Three + last)).Report;

        (report.Steps, report.NotUnderstood).ShouldBe((3, 1));
        report.FirstNotUnderstood.ShouldBe((line, excerpt));
    }

    [Fact]
    public async Task Binary_garbage_is_passed_over()
    {
        var garbage = new byte[1 << 16];
        new Random(5).NextBytes(garbage);

        var report = (await Watch([.. Encoding.UTF8.GetBytes(Three), .. garbage, .. "\n{\"step\":4,\"train/loss\":2}\n"u8])).Report;

        report.Steps.ShouldBeGreaterThanOrEqualTo(4);
        report.NotUnderstood.ShouldBeGreaterThan(50);
        report.FirstNotUnderstood!.Value.Line.ShouldBe(4);
    }

    [Fact]
    public async Task Brackets_without_end_overflow_nothing() =>
        (await Watch(Three + "{\"step\":4,\"a\":" + string.Concat(Enumerable.Repeat("{\"a\":[", 100_000)) + "\n{\"step\":4,\"train/loss\":2}\n")).Report.Steps.ShouldBe(4);

    [Fact]
    public async Task A_line_of_a_hundred_megabytes_is_passed_over_in_fixed_memory()
    {
        await using var stream = new LongLine(100 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = new LineReader(stream);
        var found = new List<string>();
        while (lines.Fill())
            while (lines.TryNext(out var line)) found.Add(Encoding.UTF8.GetString(line));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
        found.ShouldBe(["before", "after"]);
        (lines.Passed, lines.Line, lines.TooLong!.Value.Line).ShouldBe((1, 3, 2));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public async Task A_truncated_archive_is_read_as_far_as_it_goes(double share)
    {
        var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            for (var step = 1; step <= 5000; step++) zip.Write(Encoding.UTF8.GetBytes($"{{\"step\":{step},\"train/loss\":{2 + 1.0 / step:R}}}\n"));
        await using var stream = new GZipStream(new MemoryStream(packed.ToArray()[..(int)(packed.Length * share)]), CompressionMode.Decompress);

        var report = await Replay.RunAsync(stream, new Monitor(new()), _ => { }, TestContext.Current.CancellationToken);

        report.Steps.ShouldBeInRange((int)(5000 * share * 0.7), 4999);
        (report.CutShort is not null || report.NotUnderstood == 1).ShouldBeTrue();
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 5 }, new[] { 1, 2, 3, 4, 5 }, 0, 0, 0, 0)]
    [InlineData(new[] { 0, 1, 2 }, new[] { 0, 1, 2 }, 0, 0, 0, 0)]
    [InlineData(new[] { 10, 20, 30, 60, 70 }, new[] { 10, 20, 30, 60, 70 }, 0, 0, 0, 1)]
    [InlineData(new[] { 1, 2, 3, 2, 3, 4 }, new[] { 1, 2, 3, 2, 3, 4 }, 1, 0, 0, 0)]
    [InlineData(new[] { 5000, 5001, 0, 1, 2 }, new[] { 5000, 5001, 0, 1, 2 }, 1, 0, 0, 0)]
    [InlineData(new[] { 1, 3, 2, 4, 5 }, new[] { 1, 3, 4, 5 }, 0, 0, 1, 0)]
    [InlineData(new[] { 1, -1, 2, -2, 3, -3 }, new[] { 1, 2, 3 }, 0, 3, 0, 0)]
    public void Steps_are_shown_in_the_order_in_which_the_run_did_them(int[] said, int[] shown, int restarts, int duplicates, int late, int gaps)
    {
        var order = new StepOrder();
        var seen = new List<int>();
        // A negative step says its positive again, with the same loss.
        for (var i = 0; i < said.Length; i++)
        {
            order.Take(new() { Step = Math.Abs(said[i]), Loss = said[i] < 0 ? i - 1 : i }, out var first, out var second);
            if (first is not null) seen.Add(first.Step);
            if (second is not null) seen.Add(second.Step);
        }

        seen.ShouldBe(shown);
        (order.Restarts, order.Duplicates, order.Late, order.Gaps).ShouldBe((restarts, duplicates, late, gaps));
    }

    [Theory]
    [InlineData(60, 2)]
    [InlineData(0, 0)]
    public void A_run_that_resumes_to_the_bit_is_told_from_a_second_writer_by_its_clock(double later, int restarts)
    {
        var order = new StepOrder();
        for (var start = 0; start <= 2; start++)
            for (var step = 1; step <= 10; step++)
                order.Take(new() { Step = step, Loss = 1.0 / step, Time = step + start * later }, out _, out _);
        (order.Restarts, order.Duplicates).ShouldBe((restarts, restarts == 0 ? 20 : 0));
    }

    [Fact]
    public async Task A_line_without_a_train_loss_is_a_measurement()
    {
        var report = (await Watch(Three + "{\"step\":3,\"val/loss\":2.4}\n{\"val_loss\":2.3}\n{\"event\":\"saved\"}\n{\"step\":3}\n")).Report;

        (report.Steps, report.Measurements, report.NotUnderstood).ShouldBe((3, 2, 1));
    }

    [Fact]
    public async Task Clocks_that_jump_and_losses_that_vanish_end_in_no_exception()
    {
        var random = new Random(11);
        var stream = new StringBuilder();
        for (var step = 1; step <= 3000; step++)
            stream.Append($"{{\"step\":{step},\"time\":{(random.Next(50) == 0 ? random.Next(-1_000_000, 1_000_000) : step)},\"loss\":{Odd(3)},\"lr\":{Odd(1e-3)},\"grad_norm\":{Odd(0.5)},\"rss\":{Odd(800)}}}\n");

        (await Watch(stream.ToString())).Report.Steps.ShouldBeInRange(2800, 3000);

        string Odd(double value) => random.Next(40) switch { 0 => "null", 1 => "NaN", 2 => "\"-Infinity\"", 3 => "1e308", 4 => "-1e-320", 5 => "0", _ => $"{value * (1 + 0.1 * random.NextDouble()):R}" };
    }

    [Fact]
    public void Names_made_up_for_every_line_take_no_memory()
    {
        var names = new SignalNames();
        for (var i = 0; i < 20_000; i++) names.Find(Encoding.UTF8.GetBytes($"made/up/{i}"));

        names.Find("train/loss"u8).ShouldBeNull();
    }

    private static Task<(List<Incident> Incidents, ReplayReport Report)> Watch(string stream) => Watch(Encoding.UTF8.GetBytes(stream));

    private static async Task<(List<Incident> Incidents, ReplayReport Report)> Watch(byte[] stream)
    {
        var incidents = new List<Incident>();
        var report = await Replay.RunAsync(new MemoryStream(stream), new Monitor(new()), incidents.Add, TestContext.Current.CancellationToken);
        return (incidents, report);
    }

    /// <summary>A short line, a line of so many bytes, a short line.</summary>
    private sealed class LongLine(long length) : Stream
    {
        private readonly byte[] head = "before\n"u8.ToArray(), tail = "\nafter"u8.ToArray();
        private long at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => head.Length + length + tail.Length;

        public override long Position { get => at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var given = (int)Math.Min(Math.Min(count, 1 << 16), Length - at);
            for (var i = 0; i < given; i++, at++) buffer[offset + i] = at < head.Length ? head[at] : at < head.Length + length ? (byte)'x' : tail[at - head.Length - length];
            return given;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
