using System.Globalization;
using System.Text.RegularExpressions;

namespace Anneal.Runs.Watching;

/// <summary>A progress bar as tqdm and Lightning draw it: <c>Epoch 0: 12%|█▏ | 120/1000 [00:12&lt;01:30, 9.7it/s, loss=3.2]</c>.</summary>
/// <param name="Done">Where it stands.</param>
/// <param name="Total">Of how many.</param>
/// <param name="Epoch">Which pass, where it says so.</param>
internal readonly partial record struct ProgressBar(int Done, int Total, int? Epoch)
{
    /// <summary>A bar of something else than training: evaluation, downloads, the preparation of data.</summary>
    public bool IsForeign { get; private init; }

    /// <summary>The last bar of a line; null where there is none.</summary>
    /// <param name="line">Plain text.</param>
    public static ProgressBar? Find(string line)
    {
        // Bars are long, and most lines have none.
        if (!line.Contains('%', StringComparison.Ordinal)) return null;
        var match = Bar().Match(line);
        if (!match.Success || !int.TryParse(match.Groups["done"].ValueSpan, CultureInfo.InvariantCulture, out var done) || !int.TryParse(match.Groups["total"].ValueSpan, CultureInfo.InvariantCulture, out var total)) return null;
        var title = match.Groups["title"].Value;
        var unit = match.Groups["unit"].Value;
        var isForeign = Foreign().IsMatch(title) || unit is not ("it" or "step" or "steps" or "batch" or "batches" or "iter" or "iters");
        return new(done, total, Epochs().Match(title) is { Success: true } epoch ? int.Parse(epoch.Groups["epoch"].ValueSpan, CultureInfo.InvariantCulture) : null) { IsForeign = isForeign };
    }

    [GeneratedRegex(@"(?<title>[^|%\r]{0,80})\s*\d{1,3}(?:\.\d+)?%\s*(?:\|[^|]*\|)?\s*(?<done>\d{1,9})/(?<total>\d{1,9})\s*\[[\d:]+<[\d:?]+,\s*(?:[\d.]+|\?)\s?(?:(?<unit>[A-Za-z]+)/s|s/(?<unit>[A-Za-z]+))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.RightToLeft, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Bar();

    [GeneratedRegex(@"val|eval|test|sanity|map|download|load|token|generat|predict|sampl|fetch|filter|process", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Foreign();

    [GeneratedRegex(@"epoch[ \[:=]*(?<epoch>\d{1,6})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Epochs();
}
