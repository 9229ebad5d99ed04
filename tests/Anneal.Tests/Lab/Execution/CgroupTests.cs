using System.Diagnostics;
using Anneal.Lab.Execution;

namespace Anneal.Tests.Lab.Execution;

// In folders that look like a hierarchy: the real one belongs to the machine.
public sealed class CgroupTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("anneal-cgroup-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private void Group(string path, string controllers)
    {
        Directory.CreateDirectory(Path.Join(root, path));
        File.WriteAllText(Path.Join(root, path, "cgroup.subtree_control"), controllers);
    }

    [Fact]
    public void Our_own_group_or_the_one_that_holds_it_is_taken_where_it_hands_out_limits()
    {
        Group("/user/app", "cpu memory pids\n");
        Group("/user/app/shell", "");
        Cgroup.Find("1:name=systemd:/x\n0::/user/app/shell\n", root).ShouldNotBeNull();
        Cgroup.Find("0::/user/app\n", root).ShouldNotBeNull();
        Cgroup.Find("0::/user\n", root).ShouldBeNull();
        Cgroup.Find("4:memory:/x\n", root).ShouldBeNull();
    }

    [Fact]
    public void A_shell_enters_a_group_of_its_own_with_the_limits_of_the_sandbox()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs /bin/sh");
        Group("/app", "memory pids\n");
        var cgroup = Cgroup.Find("0::/app\n", root)!;
        using var shell = Process.Start("/bin/sh", ["-c", cgroup.Enter(new SandboxSpec { MemoryBytes = 1 << 28, Processes = 33 }) + "exit 7"]);
        shell.WaitForExit();
        shell.ExitCode.ShouldBe(7);
        var group = Path.Join(root, "app", $"anneal-{shell.Id}");
        File.ReadAllText(Path.Join(group, "memory.max")).ShouldBe("268435456\n");
        File.ReadAllText(Path.Join(group, "pids.max")).ShouldBe("33\n");
        File.ReadAllText(Path.Join(group, "cgroup.procs")).ShouldBe($"{shell.Id}\n");

        cgroup.RanOutOfMemory(shell.Id).ShouldBeFalse();
        File.WriteAllText(Path.Join(group, "memory.events"), "low 0\nhigh 0\nmax 4\noom 1\noom_kill 1\n");
        cgroup.RanOutOfMemory(shell.Id).ShouldBeTrue();
    }

    [Fact]
    public void Groups_that_were_left_empty_are_swept_away()
    {
        Group("/app", "memory pids\n");
        var left = Directory.CreateDirectory(Path.Join(root, "app", "anneal-1")).FullName;
        var now = Directory.CreateDirectory(Path.Join(root, "app", "anneal-2")).FullName;
        Directory.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddMinutes(-5));
        Cgroup.Find("0::/app\n", root)!.Enter(new SandboxSpec());
        Directory.Exists(left).ShouldBeFalse();
        Directory.Exists(now).ShouldBeTrue();
    }
}
