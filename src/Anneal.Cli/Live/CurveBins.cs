using Anneal.Runs.Monitoring;

namespace Anneal.Cli.Live;

/// <summary>A run's losses in fixed memory: steps share bins, and when all are used, two and two become one.</summary>
/// <param name="most">Bins at most; even.</param>
internal sealed class CurveBins(int most = 512)
{
    private readonly Bin[] bins = new Bin[most];
    private int stride = 1;

    /// <summary>Bins in use.</summary>
    public int Count { get; private set; }

    /// <summary>Steps that fit the bins in use, the last one perhaps not filled yet.</summary>
    public ReadOnlySpan<Bin> All => bins.AsSpan(0, Count);

    /// <summary>Adds a step; steps come in the order in which they are shown.</summary>
    /// <param name="step">Its number.</param>
    /// <param name="loss">May be non-finite.</param>
    /// <param name="band">Where the loss was expected; null where nobody knows.</param>
    public void Add(int step, double loss, LossBand? band)
    {
        if (Count == 0 || bins[Count - 1].Steps >= stride)
        {
            if (Count == most) Halve();
            bins[Count++] = new Bin { First = step };
        }
        bins[Count - 1] = bins[Count - 1].With(step, loss, band);
    }

    private void Halve()
    {
        for (var i = 0; i < most / 2; i++) bins[i] = bins[2 * i].And(bins[2 * i + 1]);
        Count = most / 2;
        stride *= 2;
    }

    /// <summary>Neighbouring steps: sums, of which the finite ones count.</summary>
    internal readonly record struct Bin
    {
        public int First { get; init; }

        public int Last { get; init; }

        public int Steps { get; init; }

        private int Finite { get; init; }

        private double Sum { get; init; }

        private int Expected { get; init; }

        private double SumLow { get; init; }

        private double SumHigh { get; init; }

        /// <summary>Mean loss; NaN where no step's was finite.</summary>
        public double Loss => Finite > 0 ? Sum / Finite : double.NaN;

        /// <summary>Edges of the expected band; NaN where there was none.</summary>
        public (double Low, double High) Band => Expected > 0 ? (SumLow / Expected, SumHigh / Expected) : (double.NaN, double.NaN);

        /// <summary>Some step's loss was not finite.</summary>
        public bool IsBroken => Finite < Steps;

        public Bin With(int step, double loss, LossBand? band) => this with
        {
            Last = step,
            Steps = Steps + 1,
            Finite = Finite + (double.IsFinite(loss) ? 1 : 0),
            Sum = Sum + (double.IsFinite(loss) ? loss : 0),
            Expected = Expected + (band is null ? 0 : 1),
            SumLow = SumLow + (band?.Low ?? 0),
            SumHigh = SumHigh + (band?.High ?? 0),
        };

        public Bin And(Bin next) => new()
        {
            First = First,
            Last = next.Last,
            Steps = Steps + next.Steps,
            Finite = Finite + next.Finite,
            Sum = Sum + next.Sum,
            Expected = Expected + next.Expected,
            SumLow = SumLow + next.SumLow,
            SumHigh = SumHigh + next.SumHigh,
        };
    }
}
