namespace Anneal.Cli.Live;

/// <summary>A curve as one line of block characters.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>At most <paramref name="width"/> characters, each the mean of its bin; the least value is the lowest block. Non-finite values are drawn as <c>×</c>.</summary>
    public static string Of(IReadOnlyList<double> values, int width)
    {
        var bins = Math.Min(width, values.Count);
        var finite = values.Where(double.IsFinite).ToList();
        if (bins <= 0 || finite.Count == 0)
            return new string('×', Math.Max(0, bins));
        var (min, max) = (finite.Min(), finite.Max());
        return string.Create(bins, (values, min, max), static (line, state) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                var (from, to) = (i * state.values.Count / line.Length, (i + 1) * state.values.Count / line.Length);
                var sum = 0.0;
                for (var j = from; j < to; j++)
                    sum += state.values[j];
                var level = state.max > state.min ? (sum / (to - from) - state.min) / (state.max - state.min) : 0;
                line[i] = double.IsFinite(level) ? Blocks[(int)Math.Round(level * (Blocks.Length - 1))] : '×';
            }
        });
    }

    /// <summary>A bar of a share from 0 to 1, in eighths of a character.</summary>
    public static string Bar(double share, int width)
    {
        const string eighths = " ▏▎▍▌▋▊▉";
        var filled = Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * width;
        var whole = (int)filled;
        var bar = new string('█', whole) + (whole < width && filled - whole > 0.06 ? $"{eighths[(int)((filled - whole) * 8)]}" : "");
        return bar.PadRight(width, '·');
    }
}
