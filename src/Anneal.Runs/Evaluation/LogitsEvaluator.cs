using System.Diagnostics;

namespace Anneal.Runs.Evaluation;

/// <summary>
/// Scores a model that only answers questions, and finds out whether it plays fair. Each window is scored in one of two
/// processes; the other process, which cannot know of the first, is asked the same window with its later tokens changed,
/// shortened, among other rows, and alone. In both, questions and probes come mixed in a secret order, each prefix once, so
/// that a model that answers alike in both can have used nothing but the prefix.
/// </summary>
/// <param name="command">The model.</param>
/// <param name="vocab">Its vocabulary.</param>
/// <param name="context">Longest row.</param>
internal sealed class LogitsEvaluator(LogitsCommand command, int vocab, int context)
{
    private const int Probed = 16, Exhaustive = 2, CutsEach = 3, MostCuts = 32;
    private const int BatchTokens = 1024, BatchFloats = 4 << 20;

    private readonly Random random = new(HashCode(command.Seed));
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Dictionary<int, float[]> scored = [];
    private readonly List<Finding> findings = [];

    // A row to ask; what it is for is known to us alone. Cut: tokens from there on are not the window's; -1 in a scoring row.
    private sealed record Row(int Window, int[] Tokens, int Cut, string Rule)
    {
        public float[] Answer { get; set; } = [];
    }

    private sealed record Finding(string Rule, double Gap, int Window, int[] Tokens);

    /// <summary>Log-probability of the token that follows each position of each window, in nats.</summary>
    /// <param name="windows">Inputs of each window.</param>
    /// <param name="following">Token that follows each input.</param>
    /// <exception cref="FoulPlayException">The model broke a rule.</exception>
    public float[][] Score(IReadOnlyList<int[]> windows, IReadOnlyList<int[]> following)
    {
        var kept = new LogProbabilities(vocab, random);
        var order = Enumerable.Range(0, windows.Count).ToArray();
        random.Shuffle(order);
        var probed = order.Where(window => windows[window].Length > 1).Take(Probed).ToArray();
        // Every other window: to each process about half, and what it scores it is not probed with.
        var half = order.Index().ToDictionary(pair => pair.Item, pair => pair.Index % 2);
        var probes = new List<Row>();
        for (var sitting = 0; sitting < 2; sitting++)
        {
            using var program = new LogitsProgram(command, vocab, context, command.Seconds - clock.Elapsed.TotalSeconds);
            var questions = order.Where(window => half[window] == sitting).Select(window => new Row(window, windows[window], -1, "")).ToList();
            foreach (var (rank, window) in probed.Index())
                if (half[window] != sitting) questions.AddRange(Disturbed(window, windows[window], exhaustive: rank / 2 < Exhaustive));
            Ask(program, questions, following, kept);
            foreach (var row in questions.Where(row => row.Cut < 0)) scored[row.Window] = row.Answer;
            probes.AddRange(questions.Where(row => row.Cut >= 0));
            probes.AddRange(Again(program, [.. probed.Where(window => half[window] != sitting)], windows, following, kept));
        }
        foreach (var probe in probes) Compare(probe.Rule, probe.Answer, scored[probe.Window], probe.Window, probe.Tokens);
        Judge(windows, following, kept);
        return [.. Enumerable.Range(0, windows.Count).Select(window => Enumerable.Range(0, windows[window].Length).Select(i => scored[window][i * kept.Width]).ToArray())];
    }

    // The window's later tokens replaced, and cut off.
    private IEnumerable<Row> Disturbed(int window, int[] tokens, bool exhaustive)
    {
        var cuts = Enumerable.Range(1, tokens.Length - 1).ToArray();
        random.Shuffle(cuts);
        foreach (var cut in cuts.Take(exhaustive ? MostCuts : CutsEach))
        {
            var other = tokens.ToArray();
            // Each replaced token is another one: a shift within the vocabulary, never by 0.
            for (var i = cut; i < other.Length; i++) other[i] = (other[i] + random.Next(1, vocab)) % vocab;
            yield return new(window, other, cut, "looks_ahead");
        }
        var length = random.Next(1, tokens.Length);
        yield return new(window, tokens[..length], length, "length_dependent");
    }

    // At the end, when nothing can be learned from it any more: each window alone, once more, and among others.
    private List<Row> Again(LogitsProgram program, int[] probed, IReadOnlyList<int[]> windows, IReadOnlyList<int[]> following, LogProbabilities kept)
    {
        var rows = new List<Row>();
        foreach (var window in probed)
        {
            var first = AskAlone(program, windows[window], following[window], kept);
            var neighbours = Enumerable.Range(0, 2).Select(_ => Noise(windows[window].Length)).ToArray();
            var at = random.Next(3);
            var among = program.Ask([.. neighbours[..Math.Min(at, 2)], windows[window], .. neighbours[Math.Min(at, 2)..]]);
            Compare("batch_dependent", kept.Of(among[Math.Min(at, 2)], following[window]), first, window, windows[window]);
            Compare("nondeterministic", AskAlone(program, windows[window], following[window], kept), first, window, windows[window]);
            rows.Add(new(window, windows[window], windows[window].Length, "remembers") { Answer = first });
        }
        return rows;
    }

    private int[] Noise(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(vocab))];

    private static float[] AskAlone(LogitsProgram program, int[] tokens, int[] following, LogProbabilities kept) =>
        kept.Of(program.Ask([tokens])[0], following.AsSpan(0, tokens.Length));

    // In a secret order, in batches of secret sizes.
    private void Ask(LogitsProgram program, List<Row> rows, IReadOnlyList<int[]> following, LogProbabilities kept)
    {
        var order = rows.ToArray();
        random.Shuffle(order);
        var most = Math.Clamp(BatchFloats / vocab, 1, BatchTokens);
        for (var first = 0; first < order.Length;)
        {
            var (count, tokens, room) = (0, 0, random.Next(most / 4, most + 1));
            while (first + count < order.Length && (count == 0 || tokens + order[first + count].Tokens.Length <= room)) tokens += order[first + count++].Tokens.Length;
            var batch = order[first..(first + count)];
            var answers = program.Ask([.. batch.Select(row => row.Tokens)]);
            foreach (var (row, logits) in batch.Zip(answers))
            {
                var positions = row.Cut < 0 ? row.Tokens.Length : row.Cut;
                row.Answer = kept.Of(logits, following[row.Window].AsSpan(0, positions));
            }
            first += count;
        }
    }

    private void Compare(string rule, float[] probe, float[] reference, int window, int[] tokens)
    {
        var gap = LogProbabilities.Gap(probe, reference);
        if (!(gap <= command.Tolerance)) findings.Add(new(rule, gap, window, tokens));
    }

    private void Judge(IReadOnlyList<int[]> windows, IReadOnlyList<int[]> following, LogProbabilities kept)
    {
        if (findings.Count == 0) return;
        var rule = Cause(windows, following, kept);
        var same = findings.Where(finding => finding.Rule == rule).ToList();
        if (same.Count == 0) same = findings;
        throw new FoulPlayException(rule, $"{Sentence(rule)} by up to {same.Max(finding => finding.Gap):G3} nats in {same.Count} probes ({command.Tolerance:G2} are allowed).");
    }

    // One cause breaks several rules. Processes that have seen nothing yet, asked one row alone, tell the causes apart.
    private string Cause(IReadOnlyList<int[]> windows, IReadOnlyList<int[]> following, LogProbabilities kept)
    {
        var worst = findings.GroupBy(finding => finding.Rule, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.MaxBy(finding => finding.Gap)!, StringComparer.Ordinal);
        foreach (var rule in (string[])["nondeterministic", "looks_ahead", "length_dependent"])
        {
            if (!worst.TryGetValue(rule, out var finding)) continue;
            var whole = Fresh(windows[finding.Window], following[finding.Window], kept);
            var other = Fresh(finding.Tokens, following[finding.Window], kept);
            // Of a changed row only what comes before the change can be compared.
            var shared = windows[finding.Window].AsSpan().CommonPrefixLength(finding.Tokens) * kept.Width;
            if (LogProbabilities.Gap(whole.AsSpan(0, shared), other.AsSpan(0, shared)) > command.Tolerance) return rule;
        }
        return worst.ContainsKey("batch_dependent") && !worst.ContainsKey("nondeterministic") ? "batch_dependent" : "remembers";
    }

    private float[] Fresh(int[] tokens, int[] following, LogProbabilities kept)
    {
        using var program = new LogitsProgram(command, vocab, context, command.Seconds - clock.Elapsed.TotalSeconds);
        return AskAlone(program, tokens, following, kept);
    }

    private static string Sentence(string rule) => rule switch
    {
        "looks_ahead" => "Predictions moved when only later tokens were changed:",
        "batch_dependent" => "Predictions of a row moved with the other rows of the batch:",
        "length_dependent" => "Predictions moved when only the end of the row was cut off:",
        "remembers" => "The same row was answered differently depending on what was asked before:",
        _ => "The same row was answered differently each time:",
    };

    // A seed of 64 bits for a generator that takes 32.
    private static int HashCode(long seed) => (int)(seed ^ (seed >> 32));
}
