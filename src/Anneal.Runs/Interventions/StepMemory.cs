namespace Anneal.Runs.Interventions;

/// <summary>The last values of a signal with their steps, in fixed memory. A run that goes back takes its later values with it.</summary>
/// <param name="size">Values kept.</param>
internal sealed class StepMemory(int size)
{
    // Makes the median absolute deviation an estimate of a normal's standard deviation.
    private const double MadToSigma = 1.4826;

    private readonly int[] steps = new int[size];
    private readonly double[] values = new double[size];
    private readonly double[] scratch = new double[size];
    private int end, count;

    /// <summary>Last step remembered; 0 for none.</summary>
    public int Last => count == 0 ? 0 : steps[At(count - 1)];

    /// <summary>Takes in a step; one that was heard before takes the place of all since.</summary>
    public void Add(int step, double value)
    {
        if (step <= Last) RemoveAfter(step - 1);
        (steps[end], values[end]) = (step, value);
        end = (end + 1) % size;
        if (count < size) count++;
    }

    /// <summary>Forgets what came after a step.</summary>
    public void RemoveAfter(int step)
    {
        while (count > 0 && steps[At(count - 1)] > step)
        {
            end = (end + size - 1) % size;
            count--;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => (end, count) = (0, 0);

    /// <summary>Median and robust deviation of the newest finite values up to a step; null where there are fewer than <paramref name="least"/>.</summary>
    /// <param name="most">Values looked at.</param>
    /// <param name="after">Only steps after this one.</param>
    /// <param name="until">Only steps up to this one.</param>
    /// <param name="least">Values needed.</param>
    public (double Level, double Sigma)? Level(int most, int after = 0, int until = int.MaxValue, int least = 4)
    {
        var found = 0;
        for (var i = count - 1; i >= 0 && found < most; i--)
        {
            var at = At(i);
            if (steps[at] <= after) break;
            if (steps[at] <= until && double.IsFinite(values[at])) scratch[found++] = values[at];
        }
        if (found < least) return null;
        var level = Median(found);
        for (var i = 0; i < found; i++) scratch[i] = Math.Abs(scratch[i] - level);
        return (level, MadToSigma * Median(found));
    }

    /// <summary>Values remembered after a step, finite or not; and how many of them are not finite.</summary>
    public (int Count, int NonFinite) After(int step)
    {
        var (heard, broken) = (0, 0);
        for (var i = count - 1; i >= 0 && steps[At(i)] > step; i--)
        {
            heard++;
            if (!double.IsFinite(values[At(i)])) broken++;
        }
        return (heard, broken);
    }

    private int At(int index) => (end + size - count + index) % size;

    private double Median(int of)
    {
        var sorted = scratch.AsSpan(0, of);
        sorted.Sort();
        return of % 2 == 1 ? sorted[of / 2] : (sorted[of / 2 - 1] + sorted[of / 2]) / 2;
    }
}
