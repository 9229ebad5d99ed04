using System.Diagnostics;
using Anneal.Lab.Execution;

namespace Anneal.Tests.Lab.Execution;

public class ProcessIdentityTests
{
    [Fact]
    public void This_process_is_alive_and_recognises_itself()
    {
        ProcessIdentity.Current.IsAlive.ShouldBeTrue();
        ProcessIdentity.Find(Environment.ProcessId).ShouldBe(ProcessIdentity.Current);
    }

    [Fact]
    public void A_killed_child_is_dead_though_nobody_has_waited_for_it()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs the program sleep");
        using var process = Process.Start(new ProcessStartInfo("sleep", "60") { UseShellExecute = false })!;
        var child = ProcessIdentity.Find(process.Id)!.Value;
        child.IsAlive.ShouldBeTrue();
        child.Kill();
        SpinWait.SpinUntil(() => !child.IsAlive, TimeSpan.FromSeconds(10)).ShouldBeTrue();
    }

    [Fact]
    public void Another_process_under_the_same_number_is_somebody_else()
    {
        var other = ProcessIdentity.Current with { Start = "another boot:1" };
        other.IsAlive.ShouldBeFalse();
        other.Kill();
        ProcessIdentity.Current.IsAlive.ShouldBeTrue();
    }
}
