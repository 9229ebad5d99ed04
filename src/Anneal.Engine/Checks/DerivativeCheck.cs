using Anneal.Engine.Autograd;
using Anneal.Engine.Custom;
using Anneal.Engine.Kernels;
using Anneal.Engine.Layers;
using Anneal.Engine.Models;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Checks;

/// <summary>
/// Derivatives that a proposal wrote, against central differences of what it computes, at random places of a small case. Where
/// the one-sided differences disagree a kink is near, and the place says nothing.
/// </summary>
internal static class DerivativeCheck
{
    private const float Step = 1e-2f;
    private const double Relative = 0.02, Absolute = 5e-4, Kink = 0.1;
    private const int Sequences = 2, Tokens = 6, Places = 48, Vocab = 64;

    private static readonly ulong key = CounterRandom.Key(1, "derivative check");

    /// <summary>Every operator and map of a block that has code of its own.</summary>
    public static void Block(ModelConfig config, CustomBlock block)
    {
        using var model = new Transformer(config, Vocab, seed: 1, block);
        using var graph = new TransformerGraph(model.Layout, config, Sequences, Math.Min(Tokens, config.Context), GraphPurpose.Training);
        using var team = new ThreadTeam(1);
        graph.Ops.Allocate(team);
        _ = model.Grads;
        foreach (var op in graph.Ops.Ops)
        {
            if (op is ElementMap map) Map(map);
            if (op is RawOp raw) Raw(raw);
        }
    }

    /// <summary>A loss at several rows of logits.</summary>
    public static void Loss(CustomLoss loss)
    {
        const int Width = 23;
        var row = new float[Width];
        for (var trial = 0; trial < 6; trial++)
        {
            var (target, number) = (trial * 5 % Width, trial);
            var logits = Enumerable.Range(0, Width).Select(i => 3 * Uniform((ulong)(number * Width + i))).ToArray();
            double Value()
            {
                logits.CopyTo(row, 0);
                return loss.Row(row, target);
            }

            var value = Value();
            float[] gradient = [.. row];
            if (!double.IsFinite(value) || gradient.Any(g => !float.IsFinite(g))) throw new UnsoundCodeException($"the loss of finite logits is {value}, or its gradient is not finite.");
            if (Value() != value || !row.SequenceEqual(gradient)) throw new UnsoundCodeException("Row gives another loss or gradient when called again with the same logits; it must depend on its arguments alone.");
            Compare(logits, gradient, 0, Value, i => $"the derivative with respect to logit {i} of {Width}, target {target},");
        }
    }

    private static void Map(ElementMap map)
    {
        Fill(map.X.Values, 0);
        map.Forward();
        map.Y.Grads.Fill(1);
        map.X.Grads.Clear();
        map.Backward();
        Compare(map.X.Values, map.X.Grads.ToArray(), 0, () => Weighted(map, map.Y, null), i => $"the derivative of `{map.Name}` at x = {map.X.Values[i]}");
    }

    private static void Raw(RawOp raw)
    {
        var sources = raw.Sources.ToList();
        foreach (var (n, tensor) in sources.Index()) Fill(tensor.Values, n);
        raw.Y.Values.Fill(float.NaN);
        raw.Forward();
        var unwritten = raw.Y.Values.IndexOf(float.NaN);
        if (unwritten < 0) unwritten = raw.Y.Values.ToArray().ToList().FindIndex(float.IsNaN);
        if (unwritten >= 0) throw new UnsoundCodeException($"`{raw.Name}`: Forward leaves the output at {Place(raw.Y, unwritten, raw)} unwritten, or writes NaN there.");
        var first = raw.Y.Values.ToArray();
        raw.Forward();
        if (!raw.Y.Values.SequenceEqual(first)) throw new UnsoundCodeException($"`{raw.Name}`: Forward gives another output for the same input; it must depend on what it is given alone.");

        // Gradients start at one, so that writing instead of adding shows.
        var weights = new float[raw.Y.Length];
        Fill(weights, 99);
        foreach (var tensor in sources) tensor.Grads.Fill(1);
        weights.CopyTo(raw.Y.Grads);
        raw.BackwardAdding();
        var gradients = sources.Select(tensor => tensor.Grads.ToArray()).ToList();
        foreach (var (n, tensor) in sources.Index())
        {
            Compare(tensor.Values, gradients[n], 1, () => Weighted(raw, raw.Y, weights, first), i =>
                $"`{raw.Name}`: the gradient that Backward adds for {(n < raw.InputCount ? $"input {n}" : $"parameter {n - raw.InputCount}")} at {Place(tensor, i, raw)}");
        }
    }

    // Differences from a first output cancel the rounding of all that does not change.
    private static double Weighted(Op op, Tensor y, float[]? weights, float[]? origin = null)
    {
        op.Forward();
        double sum = 0;
        for (var i = 0; i < y.Values.Length; i++) sum += (weights is null ? 1 : weights[i]) * (y.Values[i] - (origin is null ? 0.0 : origin[i]));
        return sum;
    }

    private static void Compare(Span<float> values, float[] gradient, double offset, Func<double> value, Func<int, string> what)
    {
        var found = new List<(int Place, double Claimed, double Measured)>();
        var origin = value();
        foreach (var place in Sample(values.Length))
        {
            var at = values[place];
            float up = at + Step, down = at - Step;
            values[place] = up;
            var above = value() - origin;
            values[place] = down;
            var below = origin - value();
            values[place] = at;
            double right = above / (up - at), left = below / (at - down), measured = (above + below) / (up - down);
            if (Math.Abs(right - left) > Kink * Math.Max(1, Math.Abs(measured))) continue;
            found.Add((place, gradient[place] - offset, measured));
        }

        value();
        if (found.Count == 0) return;
        var scale = found.Max(entry => Math.Abs(entry.Measured)) / 20;
        var worst = found.MaxBy(entry => Math.Abs(entry.Claimed - entry.Measured) / Tolerance(entry.Claimed, entry.Measured));
        if (Math.Abs(worst.Claimed - worst.Measured) <= Tolerance(worst.Claimed, worst.Measured)) return;
        throw new UnsoundCodeException($"{what(worst.Place)} is {worst.Claimed:G4}; differences of the value say {worst.Measured:G4}, the worst of {found.Count} places.");

        double Tolerance(double claimed, double measured) =>
            double.IsFinite(claimed) ? Relative * Math.Max(scale, Math.Max(Math.Abs(claimed), Math.Abs(measured))) + Absolute : 1e-300;
    }

    private static IEnumerable<int> Sample(int length) =>
        length <= Places ? Enumerable.Range(0, length) : Enumerable.Range(0, Places).Select(i => (int)(CounterRandom.Bits(key, (ulong)(length + i)) % (ulong)length)).Append(0).Append(length - 1).Distinct();

    private static void Fill(Span<float> values, int stream)
    {
        for (var i = 0; i < values.Length; i++) values[i] = 1.5f * Uniform(((ulong)stream << 32) | (uint)i);
    }

    private static float Uniform(ulong counter) => (float)(2 * CounterRandom.Uniform(key, counter) - 1);

    private static string Place(Tensor tensor, int index, RawOp op)
    {
        int row = index / tensor.Columns, column = index % tensor.Columns;
        return tensor.Rows == op.Sequences * op.Context ? $"sequence {row / op.Context}, token {row % op.Context}, channel {column}" : $"[{row}, {column}]";
    }
}
