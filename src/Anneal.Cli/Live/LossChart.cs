namespace Anneal.Cli.Live;

/// <summary>
/// A loss curve in braille, with the band in which it was expected as shade behind it. Pure: bins in, characters out. The
/// range of values is that of the finite losses, without the highest few; what lies above is drawn at the top.
/// </summary>
internal sealed class LossChart
{
    private const char Blank = '\u2800', Shade = '░', Broken = '×';
    private const double Shown = 0.98;

    private static readonly int[,] dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    private readonly char[,] cells;
    private readonly int first, last;

    /// <summary>Draws.</summary>
    /// <param name="bins">In order of steps.</param>
    /// <param name="width">Characters.</param>
    /// <param name="height">Lines.</param>
    /// <param name="steps">Steps of the whole run, so that the curve grows to the right; 0 fills the width.</param>
    public LossChart(ReadOnlySpan<CurveBins.Bin> bins, int width, int height, int steps = 0)
    {
        (Width, Height) = (width, height);
        cells = new char[height, width];
        for (var row = 0; row < height; row++)
            for (var column = 0; column < width; column++) cells[row, column] = ' ';
        if (bins.Length == 0) return;
        (first, last) = (bins[0].First, Math.Max(steps, Math.Max(bins[^1].Last, bins[0].First + 1)));
        (Low, High) = Range(bins);
        var shaded = -1;
        foreach (var bin in bins)
        {
            var column = ColumnOf(bin.Last);
            var (low, high) = bin.Band;
            if (!double.IsFinite(low) || !double.IsFinite(high)) continue;
            // Where there are more columns than bins, the band goes on between them.
            for (var between = shaded < 0 || shaded >= column ? column : shaded + 1; between <= column; between++)
                for (var row = RowOf(high) / 4; row <= RowOf(low) / 4; row++) cells[row, between] = Shade;
            shaded = column;
        }
        var before = -1;
        foreach (var bin in bins)
        {
            if (double.IsFinite(bin.Loss))
            {
                var (x, y) = ((int)((long)(bin.Last - first) * (2 * width - 1) / Math.Max(1, last - first)), RowOf(bin.Loss));
                Dot(x, y);
                // A jump is a line, not two specks.
                if (before >= 0)
                    for (var between = Math.Min(before, y) + 1; between < Math.Max(before, y); between++) Dot(x, between);
                before = y;
            }
            if (bin.IsBroken) cells[0, ColumnOf(bin.Last)] = Broken;
        }
    }

    /// <summary>Characters of a line.</summary>
    public int Width { get; }

    /// <summary>Lines.</summary>
    public int Height { get; }

    /// <summary>Loss at the bottom; NaN where nothing finite was drawn.</summary>
    public double Low { get; } = double.NaN;

    /// <summary>Loss at the top; NaN where nothing finite was drawn.</summary>
    public double High { get; } = double.NaN;

    /// <summary>A line, from the top.</summary>
    public string Line(int row) => string.Create(Width, (cells, row), static (line, state) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = state.cells[state.row, i];
    });

    /// <summary>Where a step stands, from 0; steps outside stand at the edge.</summary>
    public int ColumnOf(int step) => (int)Math.Clamp((long)(step - first) * (Width - 1) / Math.Max(1, last - first), 0, Width - 1);

    private int RowOf(double loss) => High > Low ? (int)Math.Round(Math.Clamp((High - loss) / (High - Low), 0, 1) * (4 * Height - 1)) : 2 * Height;

    private void Dot(int x, int y)
    {
        ref var cell = ref cells[y / 4, x / 2];
        if (cell is < Blank or > (char)(Blank + 0xFF)) cell = Blank;
        cell |= (char)dots[x % 2, y % 4];
    }

    private static (double Low, double High) Range(ReadOnlySpan<CurveBins.Bin> bins)
    {
        var finite = new List<double>(bins.Length);
        foreach (var bin in bins)
            if (double.IsFinite(bin.Loss)) finite.Add(bin.Loss);
        if (finite.Count == 0) return (double.NaN, double.NaN);
        finite.Sort();
        return (finite[0], finite[(int)((finite.Count - 1) * Shown)]);
    }
}
