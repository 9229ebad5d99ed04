using System.Numerics;
using Anneal.Runs.Evaluation;
using Anneal.Runs.Protocol;

namespace Anneal.Worker;

/// <summary>Answers token rows with a checkpoint's logits until the input ends; what it says on its standard output is numbers alone.</summary>
internal static class LogitsVerb
{
    private const int ShortestRow = 16;

    /// <summary>Serves a checkpoint.</summary>
    /// <param name="checkpoint">Folder of the saved state.</param>
    /// <param name="order">The run's <c>order.json</c>, which names the compiled code.</param>
    /// <param name="input">Questions.</param>
    /// <param name="output">Answers.</param>
    public static void Serve(string checkpoint, string order, Stream input, Stream output)
    {
        // What the model's code prints must not come between the answers.
        Console.SetOut(Console.Error);
        using var model = CheckpointLogits.Load(checkpoint, RunOrder.Load(order).Code);
        var (vocab, context) = (model.Logits.Vocab, model.Logits.Context);
        LogitsServer.Serve(input, output, vocab, context, (rows, logits) =>
        {
            var starts = new int[rows.Count];
            for (var row = 1; row < rows.Count; row++) starts[row] = starts[row - 1] + rows[row - 1].Length;
            // Rows of about the same length go together, filled up behind their ends: one graph for each length and count.
            foreach (var group in rows.Index().GroupBy(row => Math.Min(context, Math.Max(ShortestRow, (int)BitOperations.RoundUpToPowerOf2((uint)row.Item.Length)))))
            {
                var together = group.ToArray();
                var tokens = new int[together.Length * group.Key];
                foreach (var (place, row) in together.Index()) row.Item.CopyTo(tokens, place * group.Key);
                var answers = new float[(long)tokens.Length * vocab];
                model.Logits.Forward(tokens, together.Length, group.Key, answers);
                foreach (var (place, row) in together.Index())
                    answers.AsSpan(place * group.Key * vocab, row.Item.Length * vocab).CopyTo(logits[(starts[row.Index] * vocab)..]);
            }
        });
    }
}
