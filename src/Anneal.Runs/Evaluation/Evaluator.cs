using Anneal.Data;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Training;

namespace Anneal.Runs.Evaluation;

/// <summary>
/// The ruler: scores a checkpoint on held documents by an <see cref="EvaluationSpec"/>. It takes the model from the checkpoint
/// and everything else (text, byte counts, windows) from the lab's own files. Tokenizers and splits are kept between calls.
/// </summary>
/// <param name="threads">Threads; the result does not depend on it.</param>
/// <param name="batchTokens">Tokens scored at once; the result does not depend on it.</param>
public sealed class Evaluator(int threads = 1, int batchTokens = 2048) : IDisposable
{
    private readonly ThreadTeam team = new(threads);
    private readonly Dictionary<string, Tokenizer> tokenizers = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Directory, string Split), HeldSplit> splits = [];

    /// <summary>Measures a checkpoint.</summary>
    /// <param name="checkpoint">Folder of the saved state.</param>
    /// <param name="heldDirectory">Folder with <c>val.bin</c>, <c>test.bin</c>, <c>tokenizer.json</c>, <c>domains.json</c>.</param>
    /// <param name="split"><c>val</c> or <c>test</c>.</param>
    /// <param name="spec">The ruler; of a split with fewer documents all are scored.</param>
    /// <param name="expected">What the checkpoint must be; null takes what it says.</param>
    /// <param name="logits">Asks this program, instead of loading the checkpoint; without <paramref name="expected"/> it must take rows as long as the windows, and there need be no checkpoint.</param>
    /// <exception cref="InputException">A file is missing or damaged, the model has another vocabulary, its context is shorter than the stride, or its loss is not finite.</exception>
    /// <exception cref="FoulPlayException">The checkpoint or the program broke a rule of the measurement.</exception>
    public EvaluationResult Evaluate(string checkpoint, string heldDirectory, string split, EvaluationSpec spec, ExpectedModel? expected = null, LogitsCommand? logits = null)
    {
        Check(spec);
        var tokenizer = Tokenizer(heldDirectory);
        var documents = Split(heldDirectory, split, tokenizer.EndOfText);
        var count = Math.Min(spec.Documents, documents.Documents);
        expected?.Check(checkpoint);
        var nats = logits is null
            ? ScoreCheckpoint(checkpoint, heldDirectory, documents, count, tokenizer, spec, wrote: expected?.Recipe.Code.IsEmpty == false)
            : Ask(logits, expected?.Recipe.Model.Context ?? spec.Window, documents, count, tokenizer, spec);
        var result = Summarise(documents, nats, tokenizer.BytesPerToken);
        return double.IsFinite(result.Loss) ? result : throw new InputException(checkpoint, $"the model's loss on `{split}` is {result.Loss}: its parameters are of no use");
    }

    /// <inheritdoc/>
    public void Dispose() => team.Dispose();

    private static void Check(EvaluationSpec spec)
    {
        if (spec.Documents < 1) throw new InputException("evaluation.documents", $"is {spec.Documents}: expected at least 1");
        if (spec.Stride < 1 || spec.Stride > spec.Window) throw new InputException("evaluation.stride", $"is {spec.Stride}: expected 1 to the window, {spec.Window}");
    }

    private float[][] ScoreCheckpoint(string checkpoint, string heldDirectory, HeldSplit documents, int count, Tokenizer tokenizer, EvaluationSpec spec, bool wrote)
    {
        using var model = LoadModel(checkpoint, wrote);
        if (model.Vocab != tokenizer.Vocab)
            throw new InputException(checkpoint, $"the model has a vocabulary of {model.Vocab}, the tokenizer of {heldDirectory} has {tokenizer.Vocab}; evaluate on the corpus and tokenizer that it was trained with");
        if (model.Config.Context < spec.Stride)
            throw new InputException(checkpoint, $"the model's context {model.Config.Context} is shorter than the evaluation's stride {spec.Stride}; lower evaluation.stride or raise model.context");
        return Score(model, documents, count, tokenizer.EndOfText, spec);
    }

    // The same windows and the same sums; only the log-probabilities come from questions to somebody else.
    private static float[][] Ask(LogitsCommand command, int context, HeldSplit split, int count, Tokenizer tokenizer, EvaluationSpec spec)
    {
        var nats = Enumerable.Range(0, count).Select(document => new float[split.Document(document).Length]).ToArray();
        var windows = Enumerable.Range(0, count).SelectMany(document => ScoringWindow.Over(document, nats[document].Length, spec.Window, spec.Stride, context)).ToArray();
        var inputs = windows.Select(window => Inputs(split, window, tokenizer.EndOfText)).ToArray();
        var following = windows.Select(window => split.Document(window.Document).Slice(window.Start, window.Length).ToArray()).ToArray();
        var scores = new LogitsEvaluator(command, tokenizer.Vocab, Math.Min(context, spec.Window)).Score(inputs, following);
        foreach (var (window, score) in windows.Zip(scores))
            for (var i = window.Length - window.Scored; i < window.Length; i++) nats[window.Document][window.Start + i] = -score[i];
        return nats;
    }

    private static int[] Inputs(HeldSplit split, ScoringWindow window, int endOfText)
    {
        var text = split.Document(window.Document);
        var tokens = new int[window.Length];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = window.Start + i == 0 ? endOfText : text[window.Start + i - 1];
        return tokens;
    }

    // The lab's own trainer may be interrupted by a broken disk; code of a proposal that leaves a damaged state did so itself.
    private static Transformer LoadModel(string checkpoint, bool wrote)
    {
        try
        {
            return Checkpoint.LoadModel(checkpoint);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            if (wrote) throw new FoulPlayException("checkpoint_tampered", $"The checkpoint cannot be read: {e.Message}");
            throw new InputException(checkpoint, $"is no usable checkpoint: {e.Message}");
        }
    }

    private Tokenizer Tokenizer(string directory)
    {
        if (tokenizers.TryGetValue(directory, out var known)) return known;
        var path = Path.Combine(directory, "tokenizer.json");
        try
        {
            return tokenizers[directory] = Data.Tokenizer.Tokenizer.Load(path);
        }
        catch (Exception e) when (e is CorpusException or IOException)
        {
            throw new InputException(path, $"cannot be read: {e.Message}");
        }
    }

    private HeldSplit Split(string directory, string split, int endOfText)
    {
        if (splits.TryGetValue((directory, split), out var known)) return known;
        return splits[(directory, split)] = HeldSplit.Load(directory, split, endOfText);
    }

    // Nats of every token of the first `count` documents.
    private float[][] Score(Transformer model, HeldSplit split, int count, int endOfText, EvaluationSpec spec)
    {
        var nats = new float[count][];
        var buckets = new SortedDictionary<int, List<ScoringWindow>>();
        for (var document = 0; document < count; document++)
        {
            nats[document] = new float[split.Document(document).Length];
            foreach (var window in ScoringWindow.Over(document, nats[document].Length, spec.Window, spec.Stride, model.Config.Context))
            {
                // Rows come in a few lengths, so that short documents are not padded to the longest.
                var bucket = Math.Min(Math.Max(16, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)window.Length)), Math.Min(spec.Window, model.Config.Context));
                if (!buckets.TryGetValue(bucket, out var windows)) buckets[bucket] = windows = [];
                windows.Add(window);
            }
        }
        foreach (var (length, windows) in buckets)
        {
            var rows = Math.Clamp(batchTokens / length, 1, windows.Count);
            using var scorer = new Scorer(model, rows, length, team);
            for (var first = 0; first < windows.Count; first += rows)
                ScoreBatch(scorer, windows[first..Math.Min(first + rows, windows.Count)], split, endOfText, nats);
        }
        return nats;
    }

    private static void ScoreBatch(Scorer scorer, List<ScoringWindow> windows, HeldSplit split, int endOfText, float[][] nats)
    {
        var size = scorer.Rows * scorer.Context;
        var (tokens, targets, scores) = (new int[size], new int[size], new float[size]);
        targets.AsSpan().Fill(-1);
        for (var row = 0; row < windows.Count; row++)
        {
            var window = windows[row];
            var text = split.Document(window.Document);
            var at = row * scorer.Context;
            Inputs(split, window, endOfText).CopyTo(tokens, at);
            for (var i = window.Length - window.Scored; i < window.Length; i++) targets[at + i] = text[window.Start + i];
        }
        scorer.Score(tokens, targets, scores);
        for (var row = 0; row < windows.Count; row++)
        {
            var window = windows[row];
            var from = window.Length - window.Scored;
            scores.AsSpan(row * scorer.Context + from, window.Scored).CopyTo(nats[window.Document].AsSpan(window.Start + from));
        }
    }

    private static EvaluationResult Summarise(HeldSplit split, float[][] nats, ReadOnlySpan<int> bytesPerToken)
    {
        var documents = new double[nats.Length];
        var all = new Tally();
        var domains = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        for (var document = 0; document < nats.Length; document++)
        {
            var one = new Tally { Documents = 1 };
            var text = split.Document(document);
            for (var i = 0; i < text.Length; i++)
            {
                one.Nats += nats[document][i];
                one.Bytes += bytesPerToken[text[i]];
            }
            one.Tokens = text.Length;
            documents[document] = one.Bpb;
            all.Add(one);
            if (!domains.TryGetValue(split.Domain(document), out var domain)) domains[split.Domain(document)] = domain = new();
            domain.Add(one);
        }
        return new()
        {
            Loss = all.Loss,
            Bpb = all.Bpb,
            Tokens = all.Tokens,
            Bytes = all.Bytes,
            DocumentBpb = documents,
            ByDomain = domains.ToDictionary(d => d.Key, d => new DomainResult(d.Value.Loss, d.Value.Bpb, d.Value.Tokens, d.Value.Bytes, d.Value.Documents), StringComparer.Ordinal),
        };
    }

    // Sums in double, documents in the split's order: the same whatever the batches were.
    private sealed class Tally
    {
        public double Nats;
        public long Tokens, Bytes;
        public int Documents;

        public double Loss => Nats / Tokens;

        public double Bpb => Bytes == 0 ? double.NaN : Nats / Math.Log(2) / Bytes;

        public void Add(Tally other)
        {
            Nats += other.Nats;
            Tokens += other.Tokens;
            Bytes += other.Bytes;
            Documents += other.Documents;
        }
    }
}
