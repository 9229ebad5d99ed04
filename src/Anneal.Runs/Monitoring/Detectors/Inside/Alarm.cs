using Anneal.Runs.Protocol;

namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>Makes a detector warn when trouble begins, and again only after a rest; what is to be acted on it tells while it lasts.</summary>
/// <param name="rest">Moments without trouble after which it may speak anew.</param>
internal sealed class Alarm(int rest)
{
    private int quiet;
    private Severity? told;

    /// <summary>Whether this is to be told.</summary>
    public bool Raise(Severity severity)
    {
        quiet = 0;
        if (told is { } earlier && severity <= earlier) return severity == Severity.Act;
        told = severity;
        return true;
    }

    /// <summary>A moment without trouble.</summary>
    public void Rest()
    {
        if (told is not null && ++quiet >= rest) told = null;
    }
}
