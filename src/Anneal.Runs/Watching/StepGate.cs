namespace Anneal.Runs.Watching;

/// <summary>
/// Which steps are new. Several processes may say the same step, standard error may repeat standard output: a step counts once.
/// A run that went back says steps behind the last one, one after the other and with other losses: then it goes on from there.
/// </summary>
internal sealed class StepGate
{
    // Fewer in a row may be a process that lags.
    private const int InARow = 3, Remembered = 4096;

    private readonly Dictionary<int, double> losses = [];
    private readonly Queue<int> oldest = [];
    private int behind, behindCount;
    private bool restarted;

    /// <summary>Last step that counted; 0 before the first.</summary>
    public int Last { get; private set; }

    /// <summary>The trainer was started again: its next step counts, wherever it is.</summary>
    public void Restarted() => restarted = true;

    /// <summary>Whether a step counts; then it is the last one.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="loss">Of the step.</param>
    public bool Take(int step, double loss)
    {
        if (step <= Last && !restarted && !GoesBack(step, loss)) return false;
        (behindCount, restarted) = (0, false);
        Last = step;
        if (!losses.ContainsKey(step)) oldest.Enqueue(step);
        losses[step] = loss;
        while (oldest.Count > Remembered) losses.Remove(oldest.Dequeue());
        return true;
    }

    private bool GoesBack(int step, double loss)
    {
        if (losses.TryGetValue(step, out var known) && known.Equals(loss)) return false;
        behindCount = behindCount > 0 && step > behind ? behindCount + 1 : 1;
        behind = step;
        return behindCount >= InARow;
    }
}
