using Anneal.Runs.Watching;
using Anneal.Runs.Watching.TensorBoard;
using static Anneal.Tests.Runs.Watching.TensorBoard.EventFileWriter;

namespace Anneal.Tests.Runs.Watching.TensorBoard;

public sealed class EventFolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("anneal-events-");
    private readonly DateTime since = DateTime.UtcNow;
    private readonly double now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
    private readonly EventFolder events;

    public EventFolderTests() => events = new(folder.FullName, since);

    public void Dispose() => folder.Delete(recursive: true);

    private void Append(string name, params byte[][] bytes)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var stream = new FileStream(path, FileMode.Append);
        foreach (var some in bytes) stream.Write(some);
    }

    private string Read(bool last = false) => string.Join("; ", events.ReadNew(last).Select(step => string.Join(' ', step.Select(number => $"{number.Name}={Math.Round(number.Value, 4)}"))));

    [Fact]
    public void The_checksum_is_that_of_the_format() =>
        // RFC 3720, B.4: 32 bytes of zeros have the CRC-32C 8a9136aa.
        RecordFile.Checksum(new byte[32]).ShouldBe(unchecked(((0x8a9136aau >> 15) | (0x8a9136aau << 17)) + 0xa282ead8));

    [Fact]
    public void Numbers_of_a_step_come_together_once_a_later_step_has_come()
    {
        Read().ShouldBe("");
        Append("run/events.out.tfevents.1.host", Version(now), Scalar(1, "train/loss", 3.5, now), Scalar(1, "train/learning_rate", 0.25, now, tensor: true));
        Read().ShouldBe("");
        Append("run/events.out.tfevents.1.host", Scalar(2, "train/loss", double.NaN, now));
        Read().ShouldBe("step=1 train/loss=3.5 train/learning_rate=0.25");
        Append("run/eval/events.out.tfevents.2.host", Version(now), Scalar(2, "eval/loss", 4, now), Scalar(2, "losses/lm_loss", 3, now));
        Read(last: true).ShouldBe("step=2 train/loss=NaN eval/loss=4 lm_loss=3");
    }

    [Fact]
    public void A_torn_record_waits_for_its_end_and_a_silent_file_has_said_all_of_its_last_step()
    {
        var record = Scalar(7, "train/loss", 2, now);
        for (var cut = 0; cut < record.Length; cut += 5)
        {
            Append("events.out.tfevents.3", record[cut..Math.Min(record.Length, cut + 5)]);
            if (cut + 5 < record.Length) Read().ShouldBe("");
        }
        Read().ShouldBe("");
        Read().ShouldBe("");
        Read().ShouldBe("");
        Read().ShouldBe("step=7 train/loss=2");
        events.Broken.ShouldBe(0);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(20)]
    [InlineData(-1)]
    public void A_damaged_record_ends_its_file_and_no_other(int place)
    {
        var broken = Scalar(5, "train/loss", 9, now);
        broken[place < 0 ? broken.Length + place : place] ^= 0x40;
        Append("a.tfevents", Scalar(4, "train/loss", 1, now), broken, Scalar(6, "train/loss", 9, now));
        Append("b.tfevents", Scalar(8, "train/loss", 2, now));
        Read(last: true).ShouldBe("step=4 train/loss=1; step=8 train/loss=2");
        events.Broken.ShouldBe(1);
    }

    [Fact]
    public void Noise_that_passes_for_a_record_is_no_event()
    {
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var noise = new byte[random.Next(1, 60)];
            random.NextBytes(noise);
            Append("a.tfevents", Frame(noise));
        }
        Append("a.tfevents", Scalar(3, "train/loss", 1, now));
        Read(last: true).ShouldContain("step=3 train/loss=1");
    }

    [Fact]
    public void An_earlier_run_in_the_same_folder_is_not_heard()
    {
        Append("a.tfevents", Scalar(900, "train/loss", 1, now - 3600), Scalar(1, "train/loss", 5, now));
        Read(last: true).ShouldBe("step=1 train/loss=5");
    }

    [Fact]
    public void A_record_longer_than_a_chunk_is_read_whole()
    {
        Append("a.tfevents", Frame([0x0a, 0x80, 0x80, 0x40, .. new byte[1 << 20]]), Scalar(1, "train/loss", 5, now));
        Read(last: true).ShouldBe("step=1 train/loss=5");
    }

    // The tags of Hugging Face, Megatron-LM, torchtitan, OLMo-core, Lightning; those of another split or part stay what they are.
    [Theory]
    [InlineData("train/loss", "train/loss")]
    [InlineData("lm loss", "train/loss")]
    [InlineData("learning-rate", "train/lr")]
    [InlineData("grad-norm", "train/grad_norm")]
    [InlineData("loss_metrics/global_avg_loss", "train/loss")]
    [InlineData("train/CE loss", "train/loss")]
    [InlineData("optim/LR (group 0)", "train/lr")]
    [InlineData("Train/Samples/train_loss", "train/loss")]
    [InlineData("losses/lm_loss", "train/loss")]
    [InlineData("eval/loss", "val/loss")]
    [InlineData("val_loss", "val/loss")]
    [InlineData("test/lm_loss", "test/lm_loss")]
    [InlineData("moe/loss", "moe/loss")]
    [InlineData("layer3/norm", "layer3/norm")]
    public void Tags_are_understood(string tag, string signal) => MetricNames.Canonical(MetricNames.OfTag(tag)).ShouldBe(signal);
}
