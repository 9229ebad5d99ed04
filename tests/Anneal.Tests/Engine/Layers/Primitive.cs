using Anneal.Engine.Autograd;
using Anneal.Engine.Kernels;
using Anneal.Engine.Tensors;

namespace Anneal.Tests.Engine.Layers;

/// <summary>
/// Checks one op against a naive formula in double precision: its values directly, its gradients by central differences of
/// the formula. By default the op stands twice over the same inputs, so that one copy writes gradients and one adds.
/// </summary>
internal sealed unsafe class Primitive : IDisposable
{
    private readonly Random random = new(7);
    private readonly List<Tensor> leaves = [];
    private readonly List<(Tensor Tensor, NativeBuffer Values, NativeBuffer Grads)> parameters = [];

    /// <summary>An input that another op would have computed.</summary>
    public Tensor Leaf(int rows, int columns)
    {
        leaves.Add(new("leaf", rows, columns));
        return leaves[^1];
    }

    /// <summary>A learned tensor; its gradients start at one, because ops add to them.</summary>
    public Tensor Parameter(int rows, int columns)
    {
        var tensor = new Tensor("parameter", rows, columns);
        NativeBuffer values = new(tensor.Length), grads = new(tensor.Length);
        tensor.Value = values.Pointer;
        tensor.Grad = grads.Pointer;
        Fill(tensor.Values);
        parameters.Add((tensor, values, grads));
        return tensor;
    }

    /// <param name="make">Makes the op over the leaves and parameters.</param>
    /// <param name="output">Its output; a leaf for ops that work in place.</param>
    /// <param name="formula">The outputs from the leaves, then the parameters, in order of creation.</param>
    /// <param name="copies">How often the op stands in the graph.</param>
    /// <param name="threads">Threads.</param>
    public void Check<T>(Func<T> make, Func<T, Tensor> output, Func<double[][], double[]> formula, int copies = 2, int threads = 1)
        where T : Op
    {
        using var team = new ThreadTeam(threads);
        using var graph = new Graph(training: true);
        var ops = Enumerable.Range(0, copies).Select(_ => graph.Add(make())).ToList();
        graph.Allocate(team);
        foreach (var leaf in leaves) Fill(leaf.Values);
        foreach (var (tensor, _, _) in parameters) tensor.Grads.Fill(1);
        var inputs = leaves.Concat(parameters.Select(parameter => parameter.Tensor)).Select(tensor => Doubles(tensor.Values)).ToArray();

        var expected = formula(inputs);
        graph.Forward();
        var weights = new double[expected.Length]; // of the outputs in the loss, summed over the copies
        foreach (var op in ops) Close(Doubles(output(op).Values), expected, "value");
        for (var i = ops.Count - 1; i >= 0; i--)
        {
            var grad = output(ops[i]).Grads;
            Fill(grad);
            for (var j = 0; j < weights.Length; j++) weights[j] += grad[j];
            ops[i].Backward();
        }

        var tensors = leaves.Concat(parameters.Select(parameter => parameter.Tensor)).ToList();
        for (var input = 0; input < inputs.Length; input++)
        {
            var slope = Differences(formula, inputs, input, weights);
            if (input >= leaves.Count) for (var i = 0; i < slope.Length; i++) slope[i] += 1;
            Close(Doubles(tensors[input].Grads), slope, $"gradient of input {input}");
        }
    }

    public static double[] Differences(Func<double[][], double[]> formula, double[][] inputs, int input, double[] weights)
    {
        const double Step = 1e-4;
        var slope = new double[inputs[input].Length];
        for (var i = 0; i < slope.Length; i++)
        {
            var at = inputs[input][i];
            inputs[input][i] = at + Step;
            var up = formula(inputs).Zip(weights, (y, w) => y * w).Sum();
            inputs[input][i] = at - Step;
            var down = formula(inputs).Zip(weights, (y, w) => y * w).Sum();
            inputs[input][i] = at;
            slope[i] = (up - down) / (2 * Step);
        }

        return slope;
    }

    public void Fill(Span<float> values)
    {
        foreach (ref var value in values) value = (float)((random.NextDouble() * 3) - 1.5);
    }

    public void Dispose()
    {
        foreach (var (_, values, grads) in parameters)
        {
            values.Dispose();
            grads.Dispose();
        }
    }

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);

    private static void Close(double[] actual, double[] expected, string what)
    {
        actual.Length.ShouldBe(expected.Length);
        var scale = Math.Max(1, expected.Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < actual.Length; i++) actual[i].ShouldBe(expected[i], 2e-5 * scale, $"{what} {i}");
    }
}
