namespace Anneal.Server.Mcp;

/// <summary>
/// What callers may spend without being asked, as it was set when the server started. A job's most is put aside before it
/// starts and what it did not use comes back, so that jobs side by side cannot overspend.
/// </summary>
/// <param name="options">The limits.</param>
internal sealed class Allowance(McpOptions options)
{
    private readonly Lock _gate = new();
    private Cost _spent;

    /// <summary>
    /// Puts a job's most aside, or says no and puts nothing aside. A job without a limit in time gets what is left as its limit.
    /// </summary>
    /// <returns>The leave; null: it does not fit.</returns>
    public Leave? Reserve(Cost most)
    {
        lock (_gate)
        {
            if (options.Seconds is { } all && double.IsPositiveInfinity(most.Seconds) && all > _spent.Seconds) most = most with { Seconds = all - _spent.Seconds };
            if (WhyNot(most) is not null) return null;
            _spent += most;
            return new Leave(options.Seconds is null ? double.PositiveInfinity : most.Seconds, used => Settle(most, used));
        }
    }

    private void Settle(Cost reserved, Cost used)
    {
        lock (_gate)
            _spent = new(Back(_spent.Flops, reserved.Flops, used.Flops), Back(_spent.Usd, reserved.Usd, used.Usd), Back(_spent.Seconds, reserved.Seconds, used.Seconds));

        // Where there is no limit nothing is kept count of: infinity minus infinity is no number.
        static double Back(double spent, double reserved, double used) => double.IsFinite(spent) ? spent - reserved + used : 0;
    }

    /// <summary>Why a job does not fit, in a sentence; null where it does.</summary>
    public string? WhyNot(Cost most)
    {
        lock (_gate)
            return options is { Flops: null, Seconds: null }
                ? "no budget for compute was set when this server started"
                : Short(most.Flops, _spent.Flops, options.Flops, "FLOPs", "--budget-flops")
                    ?? Short(most.Seconds, _spent.Seconds, options.Seconds, "seconds", "--budget-seconds")
                    ?? (most.Usd == 0 ? null : Short(most.Usd, _spent.Usd, options.Usd ?? 0, "dollars", "--budget-usd"));
    }

    private static string? Short(double most, double spent, double? limit, string unit, string option) =>
        limit is { } all && !(spent + most <= all) ? $"{option} allows {all:G4} {unit}, of which {all - spent:G4} are left, and this can take {(double.IsFinite(most) ? $"{most:G4}" : "any number")}" : null;
}
