using System.Collections.Concurrent;
using System.Diagnostics;

namespace Anneal.Lab.Execution;

/// <summary>
/// One thread that lives as long as the lab and starts its children. The kernel ties "die with the parent" to the thread that
/// started a process, and threads of the pool come and go.
/// </summary>
internal static class Spawner
{
    private static readonly BlockingCollection<Action> orders = [];

    static Spawner() => new Thread(Work) { IsBackground = true, Name = "spawner" }.Start();

    /// <summary>Starts a process.</summary>
    /// <param name="start">Which.</param>
    public static Process Start(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        orders.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    private static void Work()
    {
        foreach (var order in orders.GetConsumingEnumerable()) order();
    }
}
