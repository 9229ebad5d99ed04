using Anneal.Engine.Kernels;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;

namespace Anneal.Tests.Engine.Optimizers;

public class OptimizerTests
{
    private static readonly ModelConfig Shape = new() { Layers = 1, Width = 12, Heads = 2, KvHeads = 1, Context = 5, TieEmbeddings = false };

    [Theory]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Muon)]
    public void Updates_follow_the_formulas_in_double_precision(OptimizerKind kind)
    {
        const int Steps = 6;
        var config = new OptimizerConfig
        {
            Kind = kind,
            Lr = 0.03,
            AdamLr = 0.02,
            WeightDecay = 0.3,
            Groups = new() { Embedding = 0.5, Head = 2, Scalar = 3 },
        };
        using var team = new ThreadTeam(1);
        using var model = new Transformer(Shape, 23, 1);
        using var optimizer = Optimizer.Create(config, model, team);
        var references = model.Parameters.Select(parameter => new Reference(parameter, config)).ToList();
        model.Grads.Clear();
        var random = new Random(4);
        for (var step = 1; step <= Steps; step++)
        {
            double update = 0, size = 0;
            for (var i = 0; i < references.Count; i++)
            {
                var parameter = model.Parameters[i];
                foreach (ref var g in parameter.Grad) g = (float)(random.NextDouble() - 0.5);
                var before = (double[])references[i].Value.Clone();
                references[i].Update(parameter.Grad, step, rate: 0.8, gradScale: 0.5);
                update += before.Zip(references[i].Value, (a, b) => (a - b) * (a - b)).Sum();
                size += references[i].Value.Sum(v => v * v);
            }

            optimizer.Update(0.8, 0.5f);
            optimizer.UpdateSquares.ShouldBe(update, 1e-3 * update);
            optimizer.ParameterSquares.ShouldBe(size, 1e-4 * size);
        }

        for (var i = 0; i < references.Count; i++)
        {
            var actual = model.Parameters[i].Value;
            for (var j = 0; j < actual.Length; j++) ((double)actual[j]).ShouldBe(references[i].Value[j], 2e-5, $"{model.Parameters[i].Name} {j}");
        }

        optimizer.Updates.ShouldBe(Steps);
        optimizer.Flops.ShouldBe(Optimizer.CountFlops(config, model.Parameters));
    }

    [Fact]
    public void Newton_Schulz_brings_all_singular_values_near_one()
    {
        using var team = new ThreadTeam(1);
        using var orthogonal = new NewtonSchulz(40 * 12, 12, team);
        var random = new Random(2);
        unsafe
        {
            for (var i = 0; i < 40 * 12; i++) orthogonal.Input[i] = (float)(random.NextDouble() - 0.5);
            var x = new Span<float>(orthogonal.Run(40, 12), 40 * 12).ToArray();
            // Columns of a [40, 12] matrix with singular values near one: their Gram matrix is near the identity's scale.
            for (var a = 0; a < 12; a++) Enumerable.Range(0, 40).Sum(i => x[(i * 12) + a] * x[(i * 12) + a]).ShouldBeInRange(0.4f, 1.5f);
        }
    }

    [Fact]
    public void Constants_out_of_range_are_named()
    {
        OptimizerRules.Check(new()).ShouldBeEmpty();
        OptimizerRules.Check(new() { Betas = new(0.9, 1), Lr = -1 }).Select(error => error.Key).ShouldBe(["lr", "betas.1"]);
    }

    private sealed class Reference(Parameter parameter, OptimizerConfig config)
    {
        private readonly double[] mean = new double[parameter.Length];
        private readonly double[] square = new double[parameter.Length];

        public double[] Value { get; } = Array.ConvertAll(parameter.Value.ToArray(), value => (double)value);

        public void Update(ReadOnlySpan<float> grad, int step, double rate, double gradScale)
        {
            var g = Array.ConvertAll(grad.ToArray(), value => value * gradScale);
            if (config.Kind == OptimizerKind.Muon && parameter.Group == ParameterGroup.Matrix) Muon(g, rate * config.Lr);
            else AdamW(g, step, rate * (config.Kind == OptimizerKind.Muon ? config.AdamLr : config.Lr) * Scale);
        }

        private double Scale => parameter.Group switch
        {
            ParameterGroup.Embedding => config.Groups.Embedding,
            ParameterGroup.Head => config.Groups.Head,
            ParameterGroup.Scalar => config.Groups.Scalar,
            _ => 1,
        };

        private bool Decays => parameter.Shape.Count == 2 && parameter.Name != "model.embed_positions.weight";

        private void AdamW(double[] g, int step, double lr)
        {
            for (var i = 0; i < g.Length; i++)
            {
                mean[i] = (0.9 * mean[i]) + (0.1 * g[i]);
                square[i] = (0.95 * square[i]) + (0.05 * g[i] * g[i]);
                if (Decays) Value[i] -= lr * config.WeightDecay * Value[i];
                Value[i] -= lr * mean[i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.95, step))) + 1e-8);
            }
        }

        private void Muon(double[] g, double lr)
        {
            int rows = parameter.Shape[0], columns = parameter.Shape[1];
            var u = new double[g.Length];
            for (var i = 0; i < g.Length; i++)
            {
                mean[i] = (0.95 * mean[i]) + g[i];
                u[i] = g[i] + (0.95 * mean[i]);
            }

            var norm = Math.Sqrt(u.Sum(a => a * a)) + 1e-7;
            for (var i = 0; i < u.Length; i++) u[i] /= norm;
            // X (X^T X) = (X X^T) X, so the formula holds for tall matrices as it stands.
            for (var i = 0; i < 5; i++)
            {
                var gram = Product(u, Transposed(u, rows, columns), rows, columns, rows);
                var cubic = Product(gram, u, rows, rows, columns);
                var quintic = Product(gram, cubic, rows, rows, columns);
                for (var j = 0; j < u.Length; j++) u[j] = (3.4445 * u[j]) - (4.7750 * cubic[j]) + (2.0315 * quintic[j]);
            }

            for (var i = 0; i < u.Length; i++)
                Value[i] = (Value[i] * (1 - (lr * config.WeightDecay))) - (lr * Math.Sqrt(Math.Max(1, (double)rows / columns)) * u[i]);
        }

        private static double[] Transposed(double[] x, int rows, int columns) =>
            [.. Enumerable.Range(0, columns).SelectMany(j => Enumerable.Range(0, rows).Select(i => x[(i * columns) + j]))];

        private static double[] Product(double[] a, double[] b, int m, int k, int n)
        {
            var c = new double[m * n];
            for (var i = 0; i < m; i++)
                for (var p = 0; p < k; p++)
                    for (var j = 0; j < n; j++) c[(i * n) + j] += a[(i * k) + p] * b[(p * n) + j];
            return c;
        }
    }
}
