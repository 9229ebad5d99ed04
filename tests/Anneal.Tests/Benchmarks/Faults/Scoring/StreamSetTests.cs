using Anneal.Benchmarks.Faults.Scoring;
using Anneal.Runs.Protocol;

namespace Anneal.Tests.Benchmarks.Faults.Scoring;

public sealed class StreamSetTests
{
    [Fact]
    public void A_cause_may_be_missing_a_word_or_several_and_an_unfinished_line_waits()
    {
        using var made = new HandMadeSet().Clean("a").Clean("b").Clean("c");
        made.AppendToIndex("""
            {"stream":"a.jsonl.gz","kind":"fault","name":"one","cause":"numerics","pace":"slow","inject":5,"twin":"b.jsonl.gz","half":"hidden","harm":"NaN","harmed":false,"model":0}
            {"stream":"b.jsonl.gz","kind":"decoy","name":"none","cause":null}
            {"stream":"c.jsonl.gz","kind":"fault","name":"two","cause":["data","evaluation"],"inject":5}
            {"stream":"nowhere.jsonl.gz","kind":"decoy","name":"not written yet"}
            {"stream":"c.js
            """);
        var entries = made.Open().Entries.Skip(3).ToList();
        entries.Select(entry => entry.Cause.Count).ShouldBe([1, 0, 2]);
        entries[0].Cause.ShouldBe([Cause.Numerics]);
        entries[0].Pace.ShouldBe(Pace.Slow);
    }

    [Fact]
    public void A_wrong_cause_is_told_with_its_line()
    {
        using var made = new HandMadeSet().Clean("a");
        made.AppendToIndex("""{"stream":"a.jsonl.gz","kind":"fault","name":"one","cause":"gremlins"}""" + "\n");
        Should.Throw<InvalidDataException>(made.Open).Message.ShouldContain("index.jsonl:2");
    }

    [Fact]
    public void A_sparse_stream_and_its_twin_show_only_what_every_trainer_prints()
    {
        using var made = new HandMadeSet().Clean("twin", """{"step":100,"val/loss":2.4}""").Fault("broken", inject: 40, "twin", sparse: true);
        var set = made.Open();
        var fault = set.Entries.Single(entry => entry.IsFault);
        set.Read(set.Entries[0]).Lines.Count.ShouldBe(HandMadeSet.Steps + 1);
        set.Read(set.Entries[0]).Steps[0].UpdateNorm.ShouldBe(0.1);
        foreach (var stream in (RecordedStream[])[set.Read(fault), set.Read(set.TwinOf(fault)!)])
        {
            stream.Lines.Count.ShouldBe(HandMadeSet.Steps);
            stream.Steps.ShouldAllBe(step => step.UpdateNorm == null && step.BatchHash == null && step.GradNorm >= 0.3 && step.Time == step.Step);
        }
    }

    [Fact]
    public void A_missing_index_says_how_to_make_one() => Should.Throw<FileNotFoundException>(() => StreamSet.Open(Path.GetTempPath() + Guid.NewGuid())).Message.ShouldContain("--make");
}
