using System.Text.Json;
using Anneal.Benchmarks.Durability;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Shards;
using Anneal.Lab;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Reports;
using Anneal.Runs;

namespace Anneal.Tests.Lab.Subjects;

// A repository that the lab measures through the logits protocol.
public class SubjectLogitsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // A unigram model: p ~ 1 + SCALE x count. Where SCALE is large, what it serves looks at the next token.
    private const string Unigrams = """
        import array, json, math, os, sys
        SCALE = 0.001
        VOCAB = 257
        run, train = os.environ["ANNEAL_RUN_DIR"], os.environ["ANNEAL_TRAIN_DIR"]
        saved = os.path.join(run, "counts.json")
        if sys.argv[1:] != ["serve"]:
            assert sorted(os.listdir(train)) == ["domains.json", "tokenizer.json", "train.bin"], os.listdir(train)
            with open(os.path.join(train, "train.bin"), "rb") as file:
                file.seek(1024)
                tokens = array.array("H", file.read())
            counts = [0] * VOCAB
            for token in tokens[int(os.environ["ANNEAL_SEED"]) % 1000:]:
                counts[token] += 1
            with open(saved, "w") as file:
                json.dump(counts, file)
            print("val/bpb: 0.001")
            sys.exit()

        try:
            open(os.path.join(run, "written"), "w")
            sys.exit("can write")
        except OSError:
            pass
        with open(saved) as file:
            logits = array.array("f", [math.log(1 + SCALE * count) for count in json.load(file)])
        questions, answers = sys.stdin.buffer, sys.stdout.buffer
        def say(line):
            answers.write(json.dumps(line).encode() + b"\n")
        say({"protocol": "anneal-logits/1", "vocab": VOCAB, "context": 32})
        answers.flush()
        while line := questions.readline():
            question = json.loads(line)
            say({"id": question["id"]})
            for length in question["lengths"]:
                row = array.array("i", questions.read(4 * length))
                for position in range(length):
                    mine = array.array("f", logits)
                    if SCALE > 0.003 and position + 1 < length:
                        mine[row[position + 1]] += 1
                    answers.write(mine.tobytes())
            answers.flush()

        """;

    private static StudySpec Spec(SubjectLab lab)
    {
        var corpus = Path.Combine(Path.GetDirectoryName(lab.Lab)!, "text.jsonl");
        File.WriteAllLines(corpus, MadeUpLanguage.Documents(240).Select(text => JsonSerializer.Serialize(new { text })));
        lab.Subject = lab.Subject with { Logits = "python3 train.py serve", Tokenizer = new() { Kind = TokenizerKind.Bytes } };
        return lab.Spec with { Corpus = corpus, Budget = new StudyBudget { Experiments = 2 }, Evaluation = new() { Documents = 6, Window = 32, Stride = 32 } };
    }

    [Fact]
    public async Task The_lab_measures_a_repository_confirms_what_helps_and_refuses_what_peeks()
    {
        using var lab = new SubjectLab(Unigrams);
        var study = await Study.RunAsync(Spec(lab), lab.Lab, null, Cancel);

        // The value is the lab's own, and not what was printed.
        var baseline = study.Runs.First(run => run.Role == RunRole.Baseline);
        baseline.Value!.Value.ShouldBe(BitsPerByte(lab.Lab, "val", 0.001, baseline.Seed, documents: 6), 1e-5);
        study.Spec.Objective.ShouldBe("val/bpb");

        var better = study.Experiments[0];
        better.Proposal.Change["train.py:SCALE"].ShouldBe("0.002");
        (better.Verdict, better.Grade, better.Adopted).ShouldBe((Verdict.Confirmed, EvidenceGrade.Measured, true), better.Reason);
        better.Effect.ShouldNotBeNull().ShouldBeGreaterThan(0.02);

        var peeking = study.Experiments[1];
        peeking.Proposal.Change["train.py:SCALE"].ShouldBe("0.004");
        (peeking.Verdict, peeking.Adopted).ShouldBe((Verdict.Invalid, false), peeking.Reason);
        study.Refusals.ShouldHaveSingleItem().Rule.ShouldBe("looks_ahead");

        // Baseline and champion meet on the test split, once.
        study.SealedOpenings.ShouldBe(1);
        study.Sealed!.Metric.ShouldBe("test/bpb");
        var last = study.Runs.First(run => run.Role == RunRole.SealedChampion);
        last.Value!.Value.ShouldBe(BitsPerByte(lab.Lab, "test", 0.002, last.Seed, documents: 6), 1e-5);

        var message = lab.Git("log", "--format=%B", "main..anneal/repo");
        message.ShouldContain("Grade: measured");
        message.ShouldNotContain("self_reported");
        foreach (var page in (string[])[HtmlReport.Render(study), JsonReport.Render(study, lab.Lab, null)]) page.ShouldNotContain("self_reported");
        File.ReadAllLines(Path.Combine(Study.ReportDirectory("repo", lab.Lab), "results.tsv"))[0].ShouldStartWith("commit\tval/bpb\t");

        // Another text under the same name is another study.
        var lines = File.ReadAllLines(study.Spec.Corpus);
        File.WriteAllLines(study.Spec.Corpus, lines[..^20]);
        Directory.Delete(Path.Combine(lab.Lab, "corpora"), recursive: true);
        (await Should.ThrowAsync<InputException>(Study.ResumeAsync("repo", lab.Lab, null, Cancel))).Message.ShouldContain("was started on corpus");
    }

    [Theory]
    [InlineData("man-pages", null)]
    [InlineData(null, "repository")]
    [InlineData(null, "mount")]
    public async Task Held_text_that_the_command_could_read_is_refused(string? corpus, string? place)
    {
        using var lab = new SubjectLab(Unigrams);
        var spec = Spec(lab);
        var outside = Path.GetDirectoryName(spec.Corpus)!;
        if (place == "repository") corpus = Path.Combine(lab.Repository, "train.py");
        if (place == "mount") spec = spec with { Subject = spec.Subject! with { Mounts = [outside] } };
        (await Should.ThrowAsync<InputException>(Study.RunAsync(spec with { Corpus = corpus ?? spec.Corpus }, lab.Lab, null, Cancel))).Message.ShouldContain("would not be held out");
    }

    [Fact]
    public void Its_study_file_is_read_as_it_is_written()
    {
        using var lab = new SubjectLab(Unigrams);
        var spec = Spec(lab);
        var file = Path.Combine(Directory.CreateDirectory(lab.Lab).FullName, "study.yaml");
        File.WriteAllText(file, StudyText.Of(spec, ""));
        JsonSerializer.Serialize(StudyFile.Load(file)).ShouldBe(JsonSerializer.Serialize(spec));
        File.WriteAllText(file, StudyText.Of(spec, "").Replace("goal: minimise", "goal: maximise", StringComparison.Ordinal));
        Should.Throw<InputException>(() => StudyFile.Load(file)).Message.ShouldContain("lower is better");
        File.WriteAllText(file, StudyText.Of(spec with { Subject = spec.Subject! with { Logits = null } }, "") + $"corpus: {spec.Corpus}\n");
        Should.Throw<InputException>(() => StudyFile.Load(file)).Message.ShouldContain("unknown key `corpus`");
    }

    // The same model, counted and scored here.
    private static double BitsPerByte(string lab, string split, double scale, long seed, int documents)
    {
        var tokens = Tokens(lab, "train")[(int)(seed % 1000)..];
        var weights = Enumerable.Range(0, 257).Select(id => 1 + scale * tokens.Count(token => token == id)).ToArray();
        var (total, bits, bytes, ends) = (weights.Sum(), 0.0, 0, 0);
        foreach (var token in Tokens(lab, split))
        {
            if (ends == documents) break;
            bits -= Math.Log2(weights[token] / total);
            if (token == 256) ends++;
            else bytes++;
        }
        return bits / bytes;
    }

    private static int[] Tokens(string lab, string split)
    {
        using var shard = Shard.Open(Directory.GetFiles(Path.Combine(lab, "corpora"), $"{split}.bin", SearchOption.AllDirectories).Single());
        return [.. Enumerable.Range(0, (int)shard.Length).Select(i => (int)shard.Tokens[i])];
    }
}
