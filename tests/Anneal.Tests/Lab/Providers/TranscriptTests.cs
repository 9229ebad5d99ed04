using Anneal.Lab.Providers;
using Anneal.Runs;

namespace Anneal.Tests.Lab.Providers;

public sealed class TranscriptTests : IDisposable
{
    private readonly DeskLab lab = new();

    private string TranscriptFile => Path.Combine(lab.Directory, "studies", DeskLab.Study, Transcript.FileName);

    public void Dispose() => lab.Dispose();

    private static Task<ConversationEnd> Run(ModelDesk desk, string question = "What next?") =>
        new Conversation(desk, "proposal/1", "rules", DeskLab.Tools()).RunAsync(DeskLab.Text(question), TestContext.Current.CancellationToken);

    private async Task Record()
    {
        var model = new ScriptedModel(request => request.Turn == 0 ? ScriptedModel.Calls("read_run", """{"run":"r\u00e9 <1>"}""") : ScriptedModel.Calls("propose", """{"change":"rope"}"""));
        await Run(lab.Desk(model));
        Transcript.Export(lab.Ledger, DeskLab.Study, TranscriptFile).ShouldBe(2);
    }

    [Fact]
    public async Task A_replay_gives_the_same_answers_bit_for_bit_and_costs_nothing()
    {
        await Record();
        using var other = new DeskLab();
        var replay = Transcript.Load(TranscriptFile);
        var desk = other.Desk(replay, usd: null);
        (await Run(desk)).ShouldBe(new ConversationEnd(ConversationOutcome.Reached, "taken", 2) with { Model = "scripted" });
        other.Calls.Select(call => (call.RequestHash, call.Request, call.Reply)).ShouldBe(lab.Calls.Select(call => (call.RequestHash, call.Request, call.Reply)));
        (desk.Drifted, desk.SpentUsd).ShouldBe((0, 0));
        other.Calls.ShouldAllBe(call => call.Provider == "replay");
    }

    [Fact]
    public async Task What_was_scripted_says_so()
    {
        await Record();
        var header = Transcript.ReadHeader(TranscriptFile);
        (header.Study, header.Label, header.Model).ShouldBe((DeskLab.Study, "scripted", "scripted"));
    }

    [Fact]
    public async Task Another_request_is_answered_and_counted_as_drifted()
    {
        await Record();
        using var other = new DeskLab();
        var desk = other.Desk(Transcript.Load(TranscriptFile), usd: null);
        (await Run(desk, "What next, now that the loss is 3.11?")).Outcome.ShouldBe(ConversationOutcome.Reached);
        desk.Drifted.ShouldBe(2);
    }

    [Fact]
    public async Task Past_its_end_a_transcript_says_that_it_has_no_such_turn()
    {
        await Record();
        File.WriteAllLines(TranscriptFile, File.ReadAllLines(TranscriptFile).Take(2));
        using var other = new DeskLab();
        var end = await Run(other.Desk(Transcript.Load(TranscriptFile), usd: null));
        end.Failure.ShouldBe(ModelFailure.NotRecorded);
        end.Reason.ShouldBe("the transcript has no turn 1 of conversation proposal/1.");
    }

    [Theory]
    [InlineData(1, "", "transcript.jsonl:1:1: this line of the transcript is damaged")]
    [InlineData(1, "{}", "expected a header with \"anneal_transcript\": 1, found none")]
    [InlineData(2, "{\"conversation\":\"proposal/1\"", "transcript.jsonl:2:1: this line of the transcript is damaged")]
    [InlineData(3, "{\"conversation\":\"c\",\"turn\":0,\"request_hash\":\"h\"}", "transcript.jsonl:3:1: this line of the transcript is damaged: expected a reply")]
    public async Task A_damaged_line_is_named(int line, string text, string words)
    {
        await Record();
        var lines = File.ReadAllLines(TranscriptFile);
        lines[line - 1] = text;
        File.WriteAllLines(TranscriptFile, lines);
        Should.Throw<InputException>(() => Transcript.Load(TranscriptFile)).Message.ShouldContain(words);
    }

    [Fact]
    public async Task A_turn_that_is_answered_twice_is_an_error()
    {
        await Record();
        File.AppendAllText(TranscriptFile, File.ReadAllLines(TranscriptFile)[1]);
        Should.Throw<InputException>(() => Transcript.Load(TranscriptFile)).Message.ShouldContain("answers turn 0 of conversation proposal/1 a second time");
    }
}
