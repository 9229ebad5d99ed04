using Anneal.Lab.Watching;
using Anneal.Runs.Interventions;
using Anneal.Runs.Protocol;
using Anneal.Runs.Watching;

namespace Anneal.Tests.Lab.Watching;

/// <summary>Plain loops with the one-file client, under the real watch.</summary>
public sealed class PythonClientTests : IDisposable
{
    private readonly WatchedPython python = new();

    public void Dispose() => python.Dispose();

    private IReadOnlyList<Acknowledgement> Acks => Acknowledgement.ReadAll(python.Run.AcknowledgementsPath);

    [Fact(Timeout = 60_000)]
    public async Task What_the_loop_logs_wins_over_what_it_prints()
    {
        var result = await python.WatchAsync(python.Script(
            """
            with anneal.Run(steps=4, on={"stop": None}) as run:
                for step in range(1, 5):
                    run.log(step, {"model/act_rms/block0": 1.5, "junk": "text"}, loss=5.0 - step if step < 3 else float("nan"), lr=1e-3, grad_norm=float("inf"), batch_hash="00ff")
                    if step == 2: run.log(step, val_loss=4.5)
                    print("step=%d loss=99" % step)
                    run.poll(step)
                    time.sleep(0.03)
            """));
        result.End.ShouldBe(WatchEnd.Done, python.Errors);
        var steps = MetricsReader.ReadAll(python.Run.MetricsPath);
        steps.Select(step => step.Step).ShouldBe([1, 2, 3, 4]);
        steps.Select(step => step.Loss).ShouldBe([4, 3, double.NaN, double.NaN]);
        (steps[0].LearningRate, steps[0].GradNorm, steps[0].BatchHash, steps[0].Extra["model/act_rms/block0"], steps[0].Extra.Count).ShouldBe((1e-3, double.PositiveInfinity, "00ff", 1.5, 1));
        python.Events.OfType<StepHeard>().Select(heard => heard.Metrics.Loss).ShouldBe([4, 3, double.NaN, double.NaN]);
        python.Events.OfType<MeasurementHeard>().Single().Numbers["val/loss"].ShouldBe(4.5);
        var status = RunStatus.Load(python.Run.StatusPath)!;
        (status.State, status.Step, status.Steps).ShouldBe((RunState.Done, 4, 4));
        status.Capabilities.ShouldBe(["stop"]);
        python.Output.ShouldContain("step=4 loss=99\n");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stop_ends_the_loop_between_two_steps()
    {
        var sent = false;
        var result = await python.WatchAsync(python.Script(
            """
            run = anneal.Run(on={"stop": None})
            for step in range(1, 100000):
                run.log(step, loss=3.0)
                if run.poll(step): break
                time.sleep(0.01)
            """), onEvent: value =>
            {
                if (value is StepHeard && !sent) ControlInbox.Send(python.Run, new() { Uuid = Guid.NewGuid(), Command = ControlVerb.Stop });
                sent |= value is StepHeard;
            });
        result.CommandExitCode.ShouldBe(0);
        Acks.ShouldHaveSingleItem().Status.ShouldBe(AcknowledgementStatus.Applied);
        RunStatus.Load(python.Run.StatusPath)!.State.ShouldBe(RunState.Stopped);
    }

    [Fact(Timeout = 60_000)]
    public async Task Commands_are_done_once_in_order_in_their_bounds_and_in_time()
    {
        Directory.CreateDirectory(python.Run.ControlPath);
        var (scale, late, expired, outside, unknown, failing, done) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var send = (Guid uuid, ControlVerb verb, double? value, int? at, double? expires) => ControlInbox.Send(python.Run, new() { Uuid = uuid, Command = verb, Args = value is { } v ? new Dictionary<string, double> { ["value"] = v } : [], ApplyAtStep = at, ExpiresAt = expires });
        send(scale, ControlVerb.SetLrScale, 0.5, 3, null);
        send(scale, ControlVerb.SetLrScale, 0.5, 3, null);
        send(late, ControlVerb.SetLrScale, 0.5, 1, null);
        send(expired, ControlVerb.SetLrScale, 0.25, null, 1);
        send(outside, ControlVerb.SetLrScale, 11, null, null);
        send(unknown, ControlVerb.SetMixture, null, null, null);
        send(failing, ControlVerb.SaveCheckpoint, null, null, null);
        send(done, ControlVerb.SetClip, 1, null, null);
        File.WriteAllText(python.Run.AcknowledgementsPath, $$"""{"uuid":"{{done}}","command":"set_clip","status":"applied","step":0}""" + "\n{\"uuid\":\"torn");
        File.WriteAllText(Path.Combine(python.Run.ControlPath, "000099-broken.json"), "{\"uuid\": 5, ");
        var result = await python.WatchAsync(python.Script(
            """
            def save(): raise RuntimeError("out of memory")
            def scale(value):
                print("scaled", value, flush=True)
                return {"before": {"value": 1}, "after": {"value": value}}
            run = anneal.Run(on={"set_lr_scale": scale, "set_clip": lambda value: 1 / 0, "save_checkpoint": save})
            for step in range(2, 8):
                run.log(step, loss=3.0)
                run.poll(step)
                time.sleep(0.03)
            """));
        result.CommandExitCode.ShouldBe(0, python.Errors);
        python.Output.ShouldBe("scaled 0.5\n");
        string Said(Guid uuid) => string.Join(' ', Acks.Where(ack => ack.Uuid == uuid).Select(ack => $"{ack.Status}@{ack.Step}"));
        Said(scale).ShouldBe("Accepted@2 Applied@3");
        Acks.Single(ack => ack.Uuid == scale && ack.Status == AcknowledgementStatus.Applied).Before["value"].ShouldBe(1);
        Said(late).ShouldBe("Rejected@2");
        Said(expired).ShouldBe("Rejected@2");
        Acks.Single(ack => ack.Uuid == outside).Reason!.ShouldContain("from 0.0 to 10.0");
        Acks.Single(ack => ack.Uuid == unknown).Reason!.ShouldContain("does not understand set_mixture");
        Acks.Single(ack => ack.Uuid == failing).Reason.ShouldBe("RuntimeError: out of memory");
        Said(done).ShouldBe("Applied@0");
        File.ReadAllText(python.Run.AcknowledgementsPath).ShouldContain("000099-broken.json is no command");
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_a_run_folder_and_on_other_ranks_nothing_happens()
    {
        var result = await python.WatchAsync([.. WatchedPython.Shell("unset ANNEAL_RUN_DIR; \"$0\" \"$@\"; RANK=1 ANNEAL_RUN_DIR=elsewhere exec \"$0\" \"$@\""), .. python.Script(
            """
            run = anneal.Run(on={"stop": None})
            for step in range(1, 3):
                run.log(step, loss=3.0)
                assert not run.poll(step)
            run.close()
            """)]);
        result.CommandExitCode.ShouldBe(0, python.Errors);
        File.Exists(python.Run.MetricsPath).ShouldBeFalse();
        Directory.Exists(python.In("elsewhere")).ShouldBeFalse();
        python.Errors.ShouldBe("");
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_rank_obeys_what_rank_0_read()
    {
        Directory.CreateDirectory(python.Run.ControlPath);
        ControlInbox.Send(python.Run, new() { Uuid = Guid.NewGuid(), Command = ControlVerb.Stop });
        var result = await python.WatchAsync(python.Script(
            """
            ranks, box = [anneal.Run(on={"stop": None}, rank=rank) for rank in (0, 1)], []
            def broadcast(commands):
                if not box: box.append(commands)
                return box[0]
            print([run.poll(1, broadcast) for run in ranks])
            """));
        python.Output.ShouldBe("[True, True]\n");
        result.CommandExitCode.ShouldBe(0);
        Acks.ShouldHaveSingleItem();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_disk_that_is_full_is_a_warning_and_the_training_goes_on()
    {
        var result = await python.WatchAsync([.. WatchedPython.Shell("ulimit -f 4; exec \"$0\" \"$@\""), .. python.Script(
            """
            run = anneal.Run(on={"stop": None})
            for step in range(1, 301):
                run.log(step, {"model/%d/%s" % (i, "x" * 40): i for i in range(8)}, loss=3.0)
                run.poll(step)
            print("trained to the end")
            """)]);
        result.CommandExitCode.ShouldBe(0, python.Errors);
        python.Output.ShouldBe("trained to the end\n");
        python.Errors.Split('\n').Count(line => line.Contains("metrics.jsonl cannot be used", StringComparison.Ordinal)).ShouldBe(1);
        MetricsReader.ReadAll(python.Run.MetricsPath).Count.ShouldBeInRange(1, 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_dies_in_the_middle_of_an_answer_answers_after_its_restart()
    {
        var uuid = Guid.NewGuid();
        Directory.CreateDirectory(python.Run.ControlPath);
        ControlInbox.Send(python.Run, new() { Uuid = uuid, Command = ControlVerb.SetClip, Args = new Dictionary<string, double> { ["value"] = 0.5 } });
        var result = await python.WatchAsync(python.Script(
            """
            def die(value):
                if os.path.exists("died"): return
                open("died", "w").close()
                with open(os.path.join(os.environ["ANNEAL_RUN_DIR"], "acks.jsonl"), "a") as acks: acks.write('{"uuid":"')
                os._exit(9)
            os.chdir(os.path.dirname(os.environ["ANNEAL_RUN_DIR"]))
            run = anneal.Run(on={"set_clip": die})
            for step in range(1, 4):
                run.log(step, loss=3.0)
                run.poll(step)
            """), job => job with { Restarts = 2 });
        (result.End, result.Attempts).ShouldBe((WatchEnd.Done, 2));
        Acks.ShouldHaveSingleItem().Status.ShouldBe(AcknowledgementStatus.Applied);
        Incident.ReadAll(python.Run.IncidentsPath).ShouldContain(incident => incident.Detector == "exit" && incident.Action == IncidentAction.Restart);
    }

    [Fact(Timeout = 60_000)]
    public async Task Under_the_policy_to_act_a_lost_state_is_repaired()
    {
        var result = await python.WatchAsync(python.Script(
            """
            import random
            random.seed(1)
            state = {"step": 0, "broken": False, "rewinds": 0}
            def save():
                return "checkpoints/step-%06d" % state["step"]
            def load(step):
                before = state["step"]
                state.update(step=step, broken=False, rewinds=state["rewinds"] + 1)
                return {"before": {"step": before}, "after": {"step": step}}
            run = anneal.Run(steps=400, on={"save_checkpoint": save, "load_checkpoint": load, "stop": None, "skip_steps": lambda start, stop: None})
            while state["step"] < 400:
                step = state["step"] = state["step"] + 1
                if step % 50 == 0: os.makedirs(os.path.join(os.environ["ANNEAL_RUN_DIR"], save()), exist_ok=True)
                if step == 130 and not state["rewinds"]: state["broken"] = True
                run.log(step, loss=float("nan") if state["broken"] else 3.0 + 2.0 / step + random.gauss(0, 0.02), lr=1e-3, grad_norm=float("nan") if state["broken"] else random.gauss(1, 0.05))
                time.sleep(0.004)
                if run.poll(step): break
            print("rewinds", state["rewinds"], "step", state["step"])
            """), job => job with { Policy = MonitorPolicy.Act });
        python.Output.ShouldBe("rewinds 1 step 400\n");
        result.End.ShouldBe(WatchEnd.Done, result.Message);
        Intervention.ReadAll(python.Run.InterventionsPath)[^1].State.ShouldBe(InterventionState.Kept);
        python.Events.OfType<InterventionTold>().Select(told => told.Status).ShouldContain("applied");
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_declares_commands_and_ignores_them_is_ended()
    {
        var result = await python.WatchAsync(python.Script(
            """
            folder = os.environ["ANNEAL_RUN_DIR"]
            with open(os.path.join(folder, "status.json"), "w") as file:
                json.dump({"state": "running", "last_checkpoint": "ckpt_50.pt", "capabilities": ["save_checkpoint", "load_checkpoint", "set_lr_scale", "set_clip", "skip_steps"]}, file)
            for step in range(1, 100000):
                print("step=%d loss=%s lr=0.001 grad_norm=%s" % (step, "nan" if step > 60 else 3 + 0.01 * (step % 7), "nan" if step > 60 else 1), flush=True)
                time.sleep(0.005)
            """), job => job with { Policy = MonitorPolicy.Act, AnswerWithin = TimeSpan.FromSeconds(0.3) });
        (result.End, result.ExitCode).ShouldBe((WatchEnd.Stopped, WatchResult.StoppedCode));
        Directory.GetFiles(python.Run.ControlPath).ShouldNotBeEmpty();
        python.Events.OfType<InterventionTold>().Select(told => told.Status).ShouldContain("ignored");
    }
}
