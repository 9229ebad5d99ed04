using Anneal.Engine.Models;

namespace Anneal.Engine.Training;

/// <summary>Which schedules make sense.</summary>
public static class ScheduleRules
{
    /// <summary>Every rule that the configuration breaks; empty when it can be used.</summary>
    public static IReadOnlyList<ConfigError> Check(ScheduleConfig schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var errors = new List<ConfigError>();
        Fraction("warmup", schedule.Warmup);
        Fraction("decay", schedule.Decay);
        Fraction("floor", schedule.Floor);
        if (schedule.Kind == ScheduleKind.Wsd && schedule.Warmup + schedule.Decay > 1)
            errors.Add(new("decay", $"warmup {schedule.Warmup} and decay {schedule.Decay} are longer than the run together; expected at most 1."));
        return errors;

        void Fraction(string key, double value)
        {
            if (!(value is >= 0 and <= 1)) errors.Add(new(key, $"{value}; expected 0 to 1."));
        }
    }
}
