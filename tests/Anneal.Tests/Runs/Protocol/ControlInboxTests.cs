using Anneal.Runs.Protocol;

namespace Anneal.Tests.Runs.Protocol;

public sealed class ControlInboxTests : IDisposable
{
    private readonly RunDirectory run = new(Directory.CreateTempSubdirectory("anneal-control-").FullName);

    public void Dispose() => Directory.Delete(run.Root, true);

    [Fact]
    public void Commands_come_once_and_in_the_order_they_were_sent()
    {
        var inbox = new ControlInbox(run);
        ControlCommand[] sent = [Command(ControlVerb.Pause), Command(ControlVerb.Resume), Command(ControlVerb.SetClip)];
        foreach (var command in sent) ControlInbox.Send(run, command);

        inbox.Poll(3, now: true).Select(c => c.Uuid).ShouldBe(sent.Select(c => c.Uuid));
        inbox.Poll(4, now: false).ShouldBeEmpty();
    }

    [Fact]
    public void A_uuid_that_was_answered_is_never_applied_again_not_even_by_a_new_process()
    {
        var command = Command(ControlVerb.SetLrScale);
        ControlInbox.Send(run, command);
        var inbox = new ControlInbox(run);
        inbox.Poll(1, now: true).ShouldHaveSingleItem();
        inbox.Answer(new() { Uuid = command.Uuid, Status = AcknowledgementStatus.Applied, Step = 1 });
        ControlInbox.Send(run, command);

        inbox.Poll(2, now: true).ShouldBeEmpty();
        new ControlInbox(run).Poll(2, now: true).ShouldBeEmpty();
    }

    [Fact]
    public void The_same_command_sent_twice_before_it_is_read_is_applied_once()
    {
        var command = Command(ControlVerb.Pause);
        ControlInbox.Send(run, command);
        ControlInbox.Send(run, command);

        new ControlInbox(run).Poll(1, now: true).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_command_waits_for_its_step_and_is_accepted_meanwhile()
    {
        var command = Command(ControlVerb.SetClip) with { ApplyAtStep = 10 };
        ControlInbox.Send(run, command);
        var inbox = new ControlInbox(run);

        inbox.Poll(8, now: true).ShouldBeEmpty();
        inbox.Poll(9, now: true).ShouldBeEmpty();
        Acknowledgement.ReadAll(run.AcknowledgementsPath).ShouldHaveSingleItem().Status.ShouldBe(AcknowledgementStatus.Accepted);
        inbox.Poll(10).ShouldHaveSingleItem().Uuid.ShouldBe(command.Uuid);
    }

    [Fact]
    public void What_comes_too_late_is_rejected_with_a_reason()
    {
        ControlInbox.Send(run, Command(ControlVerb.SetClip) with { ApplyAtStep = 3 });
        ControlInbox.Send(run, Command(ControlVerb.SetClip) with { ExpiresAt = 1 });
        var inbox = new ControlInbox(run);

        inbox.Poll(5, now: true).ShouldBeEmpty();

        Acknowledgement.ReadAll(run.AcknowledgementsPath).Select(a => (a.Status, a.Reason)).ShouldBe([
            (AcknowledgementStatus.Rejected, "apply_at_step 3 has passed: 5 steps are done"),
            (AcknowledgementStatus.Rejected, "it expired before it could be applied"),
        ]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"uuid\":\"6f1c1e3e-0000-0000-0000-000000000001\",\"command\":\"explode\"}")]
    [InlineData("{\"command\":\"stop\"}")]
    [InlineData("{\"uuid\":\"6f1c1e3e-0000-0000-0000-000000000001\",\"command\":\"set_clip\",\"args\":{\"value\":\"high\"}}")]
    public void A_file_that_is_no_command_is_rejected_once(string content)
    {
        Directory.CreateDirectory(run.ControlPath);
        File.WriteAllText(Path.Combine(run.ControlPath, "000001-6f1c1e3e-0000-0000-0000-000000000001.json"), content);
        var inbox = new ControlInbox(run);

        inbox.Poll(1, now: true).ShouldBeEmpty();
        inbox.Poll(2, now: true).ShouldBeEmpty();

        var ack = Acknowledgement.ReadAll(run.AcknowledgementsPath).ShouldHaveSingleItem();
        ack.Uuid.ShouldBe(Guid.Parse("6f1c1e3e-0000-0000-0000-000000000001"));
        ack.Reason!.ShouldContain("is no command");
    }

    [Fact]
    public void Half_an_acknowledgement_left_by_a_crash_does_not_swallow_the_next()
    {
        File.WriteAllText(run.AcknowledgementsPath, "{\"uuid\":\"6f1c1e3e-0000-0000-0000-0000");
        var inbox = new ControlInbox(run);

        inbox.Answer(new() { Uuid = Guid.NewGuid(), Status = AcknowledgementStatus.Applied, Step = 1 });

        Acknowledgement.ReadAll(run.AcknowledgementsPath).Count.ShouldBe(1);
    }

    private static ControlCommand Command(ControlVerb verb) => new() { Uuid = Guid.NewGuid(), Command = verb };
}
