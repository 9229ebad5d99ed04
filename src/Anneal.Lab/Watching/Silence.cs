using Anneal.Lab.Execution;

namespace Anneal.Lab.Watching;

/// <summary>How long nothing was heard of a command, and what its processes did meanwhile: one that computes is rather slow than dead.</summary>
/// <param name="root">Process id.</param>
/// <param name="began">On the watch's clock.</param>
internal sealed class Silence(int root, TimeSpan began)
{
    private TimeSpan since = began, lastLook = began;
    private TimeSpan processorSince;
    private int step = -1;
    private bool isNew;

    /// <summary>Since the last step, or since the start.</summary>
    public double Seconds { get; private set; }

    /// <summary>Processors in use since then, on average; 0 where the system does not tell.</summary>
    public double ProcessorShare { get; private set; }

    /// <summary>Resident memory of the command and all below it, MiB; null where the system does not tell.</summary>
    public double? RssMb { get; private set; }

    /// <summary>Whether it is time to look again; then the numbers are new.</summary>
    /// <param name="now">On the watch's clock.</param>
    /// <param name="lastStep">Heard last; 0 for none.</param>
    /// <param name="every">Between looks.</param>
    public bool IsDue(TimeSpan now, int lastStep, TimeSpan every)
    {
        if (step != lastStep && step >= 0) since = now;
        isNew |= step != lastStep;
        step = lastStep;
        if (now - lastLook < every) return false;
        lastLook = now;
        if (OperatingSystem.IsLinux())
        {
            var use = ProcessTree.Of(root, enough: 4096);
            if (use.ResidentBytes > 0) RssMb = Math.Round(use.ResidentBytes / 1048576.0, 1);
            if (isNew) processorSince = use.Processor;
            ProcessorShare = now > since ? Math.Max(0, (use.Processor - processorSince).TotalSeconds / (now - since).TotalSeconds) : 0;
        }
        isNew = false;
        Seconds = (now - since).TotalSeconds;
        return true;
    }
}
