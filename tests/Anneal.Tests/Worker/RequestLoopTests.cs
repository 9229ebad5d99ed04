using System.Text;
using System.Text.Json;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Protocol;
using Anneal.Worker;

namespace Anneal.Tests.Worker;

public sealed class RequestLoopTests : IDisposable
{
    private readonly TinyLab lab = new();
    private readonly string checkpoint;

    public RequestLoopTests()
    {
        var run = lab.Run("a", lab.Order());
        TinyLab.RunToEnd("train", run.Root).ExitCode.ShouldBe(0);
        checkpoint = new Checkpoints(run.CheckpointsPath).Newest()!;
    }

    public void Dispose() => lab.Dispose();

    [Fact]
    public void The_evaluator_process_answers_line_by_line_and_survives_bad_requests()
    {
        using var process = TinyLab.Start("evaluate");
        var spec = new EvaluationSpec { Documents = 4, Window = 32, Stride = 16 };
        EvaluationResponse Ask(string line)
        {
            process.StandardInput.WriteLine(line);
            process.StandardInput.Flush();
            return JsonSerializer.Deserialize(process.StandardOutput.ReadLine()!, ProtocolJson.Default.EvaluationResponse)!;
        }
        string Request(string split) => JsonSerializer.Serialize(new EvaluationRequest("r1", checkpoint, lab.HeldDirectory, split, spec), ProtocolJson.Default.EvaluationRequest);

        var first = Ask(Request("val"));
        Ask("rubbish").Error!.ShouldContain("invalid");
        Ask("{\"id\":\"r2\"}").Error!.ShouldNotBeEmpty();
        Ask(Request("train")).ShouldSatisfyAllConditions(r => r.Id.ShouldBe("r1"), r => r.Error!.ShouldContain("no such held split `train`"));
        var again = Ask(Request("val"));

        using var evaluator = new Evaluator();
        var expected = evaluator.Evaluate(checkpoint, lab.HeldDirectory, "val", spec);
        first.Error.ShouldBeNull();
        first.Result!.Bpb.ShouldBe(expected.Bpb);
        first.Result.DocumentBpb.ShouldBe(expected.DocumentBpb);
        first.Result.ByDomain.ShouldBe(expected.ByDomain, ignoreOrder: true);
        again.Result!.Bpb.ShouldBe(expected.Bpb);
        process.StandardInput.Close();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void The_sampler_writes_the_same_text_for_the_same_seed()
    {
        string Line(long seed) => JsonSerializer.Serialize(new SampleRequest($"{seed}", checkpoint, Path.Combine(lab.TrainDirectory, "tokenizer.json"), "the ", 20, 1, 0, seed), ProtocolJson.Default.SampleRequest);
        using var output = new MemoryStream();

        RequestLoop.Sample(new MemoryStream(Encoding.UTF8.GetBytes($"{Line(1)}\n{Line(2)}\n\n{Line(1)}\n{Line(1).Replace("train", "nowhere", StringComparison.Ordinal)}\n")), output);

        var answers = Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n').Select(l => JsonSerializer.Deserialize(l, ProtocolJson.Default.SampleResponse)!).ToList();
        answers.Select(a => a.Id).ShouldBe(["1", "2", "1", "1"]);
        answers[0].Text.ShouldBe(answers[2].Text);
        answers[0].Text.ShouldNotBe(answers[1].Text);
        answers[3].Error!.ShouldNotBeEmpty();
    }
}
