namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>One statistic of one part of the model, as it was said last.</summary>
/// <param name="name">The part's name, as the trainer calls it.</param>
/// <param name="index">Position among the parts of this statistic, in order of appearance.</param>
/// <param name="statistic">Which statistic, as a number.</param>
internal sealed class BlockReading(string name, int index, int statistic)
{
    /// <summary>The part's name, as the trainer calls it.</summary>
    public string Name => name;

    /// <summary>Position among the parts of this statistic.</summary>
    public int Index => index;

    /// <summary>Which statistic, as a number.</summary>
    public int Statistic => statistic;

    /// <summary>Last value.</summary>
    public double Value { get; set; }

    /// <summary>Step of the last value.</summary>
    public int Step { get; set; }

    /// <summary>Step of the value before; 0 for none.</summary>
    public int StepBefore { get; set; }

    /// <summary>Moment of the last value, to tell a new one from an old one.</summary>
    public long Moment { get; set; }
}
