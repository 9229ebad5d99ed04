using Anneal.Lab;
using Anneal.Lab.Research.Search;

namespace Anneal.Benchmarks.Research;

/// <summary>
/// A surface without its names and with its optimum moved: each number is shifted (reflected at the ends of its range) and
/// perhaps flipped, choices are renamed, knobs are shuffled. What a search knows about recipes does not help it here.
/// </summary>
internal sealed class BlindSurface
{
    private const double MostShift = 0.3;

    private readonly ResponseSurface surface;
    private readonly int[] place;        // place[j]: real knob behind blind knob j
    private readonly double[] shift;
    private readonly bool[] flip;
    private readonly int[][] rename;

    public BlindSurface(ResponseSurface surface, int seed)
    {
        this.surface = surface;
        var random = new Random(seed);
        var real = SurfaceKnobs.Space.Knobs;
        place = [.. Enumerable.Range(0, real.Count)];
        random.Shuffle(place);
        shift = [.. real.Select(_ => MostShift * (2 * random.NextDouble() - 1))];
        flip = [.. real.Select(_ => random.Next(2) == 0)];
        rename = [.. real.Select(k =>
        {
            int[] names = [.. Enumerable.Range(0, k.Values.Count)];
            random.Shuffle(names);
            return names;
        })];
        Space = new KnobSpace([.. place.Select((r, j) => real[r].Type == KnobType.Choice
            ? new Knob($"knob{j}", KnobType.Choice, 0, 0, false, [.. Enumerable.Range(0, real[r].Values.Count).Select(v => $"{v}")])
            : new Knob($"knob{j}", KnobType.Float, 0, 1, false, []))], real.Count);
    }

    public KnobSpace Space { get; }

    public double Low(double[] point) => surface.Low(Real(point));

    public double High(double[] point) => surface.High(Real(point));

    public bool Fails(double[] point) => surface.Fails(Real(point));

    private double[] Real(double[] point)
    {
        var real = new double[point.Length];
        for (int j = 0; j < point.Length; j++)
        {
            int r = place[j];
            if (Space.Knobs[j].Type == KnobType.Choice)
            {
                real[r] = rename[r][(int)point[j]];
                continue;
            }

            double at = (flip[r] ? 1 - point[j] : point[j]) + shift[r];
            real[r] = at < 0 ? -at : at > 1 ? 2 - at : at;
        }

        return real;
    }
}
