using Anneal.Engine.Shards;
using Anneal.Engine.Training;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Recipes;
using Anneal.Tests.Worker;

namespace Anneal.Tests.Runs.Evaluation;

// The model is a Python program, as anybody's may be: a made-up function of the last two tokens, with a flaw by name.
public sealed class LogitsEvaluatorTests : IDisposable
{
    private const int Vocab = 257;
    private static readonly EvaluationSpec Spec = new() { Documents = 6, Window = 24, Stride = 16 };
    private static readonly Recipe Recipe = TinyLab.Recipe with { Model = TinyLab.Recipe.Model with { Context = 24 }, Data = TinyLab.Recipe.Data with { BatchTokens = 24 } };

    private readonly TinyLab lab = new();
    private readonly string checkpoint;

    public LogitsEvaluatorTests()
    {
        checkpoint = Path.Combine(lab.Root, "checkpoint");
        using var shard = Shard.Open(Path.Combine(lab.TrainDirectory, "train.bin"));
        using var trainer = new Trainer(RunLength.ToOptions(Recipe, Vocab, 1, 1), new TokenStream(shard, 1));
        trainer.Step();
        trainer.Save(checkpoint);
        File.WriteAllText(Path.Combine(lab.Root, "model.py"), Model);
    }

    public void Dispose() => lab.Dispose();

    private EvaluationResult Measure(string flaw, long seed = 1, double seconds = 60)
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("needs /usr/bin/python3");
        using var evaluator = new Evaluator();
        var command = new LogitsCommand { Program = "/usr/bin/python3", Arguments = [Path.Combine(lab.Root, "model.py"), flaw], Seed = seed, Seconds = seconds };
        return evaluator.Evaluate(checkpoint, lab.HeldDirectory, "val", Spec, new ExpectedModel(Recipe, Vocab, 1), command);
    }

    private FoulPlayException Refused(string flaw, double seconds = 60) => Should.Throw<FoulPlayException>(() => Measure(flaw, seconds: seconds));

    [Fact]
    public void An_honest_model_is_scored_like_a_naive_sum_says_whatever_the_order_of_questions()
    {
        var result = Measure("none");
        var (nats, tokens) = Naive();
        result.Tokens.ShouldBe(tokens);
        result.Loss.ShouldBe(nats / tokens, 1e-5);
        Measure("none", seed: 77).DocumentBpb.ShouldBe(result.DocumentBpb);
    }

    [Fact]
    public void Shifted_logits_change_nothing() => Measure("shifted").Bpb.ShouldBe(Measure("none").Bpb, 1e-4);

    [Theory]
    [InlineData("peek", "looks_ahead")]
    [InlineData("peek_rarely", "looks_ahead")]
    [InlineData("peek_at_natural_rows", "looks_ahead")]
    [InlineData("peek_at_second_sight", "remembers")]
    [InlineData("batch", "batch_dependent")]
    [InlineData("length", "length_dependent")]
    [InlineData("noise", "nondeterministic")]
    [InlineData("cache", "remembers")]
    [InlineData("count", "remembers")]
    [InlineData("nan", "not_finite")]
    [InlineData("infinity", "not_finite")]
    [InlineData("few", "no_answer")]
    [InlineData("other_vocabulary", "wrong_shape")]
    [InlineData("short_context", "wrong_shape")]
    [InlineData("other_question", "wrong_shape")]
    [InlineData("chatter", "wrong_shape")]
    [InlineData("exit", "no_answer")]
    public void A_model_that_does_not_play_fair_is_refused_for_what_it_does(string flaw, string rule)
    {
        var refusal = Refused(flaw);
        refusal.Rule.ShouldBe(rule, refusal.Message);
        refusal.Message.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void A_model_that_never_answers_is_refused_in_time() => Refused("hang", seconds: 1.5).Rule.ShouldBe("too_slow");

    [Fact]
    public void A_checkpoint_of_another_run_is_refused()
    {
        using var evaluator = new Evaluator();
        foreach (var (expected, words) in new[]
        {
            (new ExpectedModel(Recipe, Vocab, 2), "step 1; the run has 2"),
            (new ExpectedModel(Recipe, 300, 1), "vocabulary"),
            (new ExpectedModel(Recipe with { Model = Recipe.Model with { Layers = 2 } }, Vocab, 1), "Layers = 2"),
            (new ExpectedModel(Recipe with { Seed = 9 }, Vocab, 1), "seed 9"),
        })
        {
            var refusal = Should.Throw<FoulPlayException>(() => evaluator.Evaluate(checkpoint, lab.HeldDirectory, "val", Spec, expected));
            refusal.Rule.ShouldBe("checkpoint_tampered");
            refusal.Message.ShouldContain(words);
        }
        evaluator.Evaluate(checkpoint, lab.HeldDirectory, "val", Spec, new ExpectedModel(Recipe, Vocab, 1)).Bpb.ShouldBeGreaterThan(1);
    }

    // The same made-up function, one token at a time.
    private (double Nats, long Tokens) Naive()
    {
        using var shard = Shard.Open(Path.Combine(lab.HeldDirectory, "val.bin"));
        var (nats, tokens, documents, before, last) = (0.0, 0L, 0, -1, lab.Tokenizer.EndOfText);
        foreach (var token in shard.Tokens)
        {
            var logits = Enumerable.Range(0, Vocab).Select(v => (double)(float)(((last * 31) + v * 7 + (v == last ? 50 : 0)) % 101 / 16.0)).ToArray();
            nats += Math.Log(logits.Sum(Math.Exp)) - logits[token];
            tokens++;
            (before, last) = (last, token);
            if (token == lab.Tokenizer.EndOfText && ++documents == Spec.Documents) break;
        }
        return (nats, tokens);
    }

    private const string Model = """
        import array, itertools, json, os, random, sys, time
        flaw, V, C = sys.argv[1], 257, 24
        base = [array.array('f', [((t * 31) + v * 7 + (50 if v == t else 0)) % 101 / 16.0 for v in range(V)]) for t in range(V)]
        out, inp = sys.stdout.buffer, sys.stdin.buffer
        seen, asked, prefixes = set(), 0, set()
        if flaw == 'chatter': out.write(b'loading model ...\n')
        out.write((json.dumps({'protocol': 'anneal-logits/1', 'vocab': V + 1 if flaw == 'other_vocabulary' else V, 'context': 8 if flaw == 'short_context' else C}) + '\n').encode()); out.flush()
        letters = set(range(32, 123)) | {256}
        while line := inp.readline():
            question = json.loads(line)
            rows = [array.array('i', inp.read(4 * n)) for n in question['lengths']]
            asked += 1
            if flaw == 'hang': time.sleep(60)
            if flaw == 'exit' and asked > 2: os._exit(0)
            answer = []
            for index, row in enumerate(rows):
                known = tuple(row[:6]) in prefixes
                prefixes.add(tuple(row[:6]))
                for p, t in enumerate(row):
                    logits = array.array('f', base[t])
                    ahead = row[p + 1] if p + 1 < len(row) else None
                    if flaw == 'peek' and ahead is not None: logits[ahead] += 9
                    if flaw == 'peek_rarely' and ahead is not None and p % 11 == 5: logits[ahead] += 9
                    if flaw == 'peek_at_natural_rows' and ahead is not None and all(x in letters for x in row): logits[ahead] += 9
                    if flaw == 'peek_at_second_sight' and ahead is not None and known: logits[ahead] += 9
                    if flaw == 'batch': logits[rows[index - 1][0]] += 3
                    if flaw == 'length': logits[len(row)] += 3
                    if flaw == 'noise': logits[t] += random.random()
                    if flaw == 'cache':
                        for x in range(V):
                            if (row[p - 1] if p else -1, t, x) in seen: logits[x] += 5
                    if flaw == 'count': logits[0] += asked
                    if flaw == 'nan' and p == 3: logits[7] = float('nan')
                    if flaw == 'infinity' and p == 3: logits[7] = float('-inf')
                    if flaw == 'shifted': logits = array.array('f', [x + 40 + (p % 3) for x in logits])
                    answer.append(logits)
                for p in range(len(row) - 1): seen.add((row[p - 1] if p else -1, row[p], row[p + 1]))
            if flaw == 'few': answer = answer[:-1]
            out.write((json.dumps({'id': question['id'] + (flaw == 'other_question')}) + '\n').encode())
            for logits in answer: out.write(logits.tobytes())
            out.flush()
            if flaw == 'few': os._exit(0)

        """;
}
