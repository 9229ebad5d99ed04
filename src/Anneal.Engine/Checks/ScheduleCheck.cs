using Anneal.Engine.Custom;

namespace Anneal.Engine.Checks;

/// <summary>A schedule gives a valid rate at every step, of short runs too, and the same one when asked again.</summary>
internal static class ScheduleCheck
{
    private const long MostSteps = 100_000;

    public static void Run(CustomSchedule schedule, long steps)
    {
        double largest = 0;
        foreach (var length in new[] { 1, 2, 7, Math.Min(steps, MostSteps) })
        {
            var rates = Enumerable.Range(0, (int)length).Select(step => schedule.Checked(step, length)).ToList();
            for (var step = (int)length - 1; step >= 0; step--)
            {
                var again = schedule.Checked(step, length);
                if (again != rates[step]) throw new UnsoundCodeException($"Rate({step}, {length}) was {rates[step]} and is {again} when asked again; it must depend on its arguments alone.");
            }

            largest = rates.Max();
        }

        if (largest == 0) throw new UnsoundCodeException($"Rate is 0 at each of {steps} steps: nothing would be learned.");
    }
}
