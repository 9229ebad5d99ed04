using System.Diagnostics;
using Anneal.Lab.Execution;

namespace Anneal.Tests.Lab.Execution;

public sealed class SandboxTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("anneal-sandbox-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static Sandbox Sandbox
    {
        get
        {
            var sandbox = Anneal.Lab.Execution.Sandbox.Find(out var why);
            if (sandbox is null) Assert.Skip(why!);
            return sandbox!;
        }
    }

    // A shell inside, with the system's programs in view.
    private SandboxSpec Spec => new() { ReadOnly = ["/usr/bin"], Writable = [root], MemoryBytes = 256 << 20, Processes = 32, FileBytes = 4 << 20, WritableBytes = 16 << 20 };

    private static ProcessStartInfo Script(string script) => new("/usr/bin/bash", ["-c", script])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static async Task<(int Code, string Output, string Errors)> Run(string script, SandboxSpec spec)
    {
        using var child = Child.Start(Sandbox.Wrap(Script(script), spec), sandboxed: true);
        var output = await child.Output.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.Exit;
        return (child.ExitCode, output, child.Errors);
    }

    private static async Task<SandboxBreach?> BreachOf(string script, SandboxSpec spec)
    {
        using var child = Child.Start(Sandbox.Wrap(Script(script), spec), sandboxed: true);
        child.DrainOutput();
        await using var watch = new SandboxWatch(child, spec);
        await child.Exit.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return watch.Breach ?? SandboxBreach.OfExit(child.ExitCode, spec);
    }

    [Fact]
    public async Task Nothing_of_the_machine_is_in_view_but_libraries_and_the_runtime()
    {
        File.WriteAllText(Path.Combine(root, "beside.txt"), "secret");
        var own = Directory.CreateDirectory(Path.Combine(root, "own")).FullName;
        var (_, output, _) = await Run($"ls -A / /etc /home /root /var /usr '{root}' '{own}' 2>/dev/null; cat '{root}/beside.txt' /etc/passwd /etc/hostname 2>&1", Spec with { Writable = [own] });
        output.ShouldNotContain("a word of the sandbox test");
        output.ShouldNotContain("root:x:");
        output.ShouldNotContain("beside.txt\n");
        output.Split('\n').ShouldNotContain("home");
        output.Split('\n').ShouldNotContain("share\nsbin");
    }

    [Fact]
    public async Task Only_its_own_folder_can_be_written_and_what_is_read_only_inside_stays_so()
    {
        var order = Path.Combine(root, "order.json");
        File.WriteAllText(order, "as ordered");
        var (_, output, _) = await Run(
            $"echo mine > '{root}/mine.txt'; echo changed > '{order}'; rm -f '{order}'; mv '{order}' '{root}/old'; touch /usr/lib/x /etc/x /x /usr/x; ls /x /usr/lib/x /etc/x 2>/dev/null",
            Spec with { ReadOnly = ["/usr/bin", order] });
        output.ShouldBe("");
        File.ReadAllText(Path.Combine(root, "mine.txt")).ShouldBe("mine\n");
        File.ReadAllText(order).ShouldBe("as ordered");
    }

    [Fact]
    public async Task Its_environment_is_ours()
    {
        Environment.SetEnvironmentVariable("ANNEAL_SANDBOX_TEST", "a word of the sandbox test");
        var (_, output, _) = await Run("/usr/bin/env; cat /proc/*/environ | tr '\\0' '\\n'", Spec with { Environment = new Dictionary<string, string> { ["GIVEN"] = "yes" } });
        output.ShouldContain("GIVEN=yes");
        output.ShouldNotContain("a word of the sandbox test");
        output.ShouldNotContain("DOTNET_HOST_PATH");
    }

    [Fact]
    public async Task It_has_no_network_no_privileges_and_sees_no_other_process()
    {
        var (_, output, _) = await Run("grep CapEff /proc/self/status; ls /sys 2>/dev/null; cat /proc/net/dev | tail -n +3; ls -d /proc/[0-9]* | wc -l; unshare -U true 2>/dev/null && echo nested", Spec);
        output.ShouldContain("CapEff:\t0000000000000000");
        output.ShouldNotContain("eth");
        output.ShouldNotContain("nested");
        int.Parse(output.Trim().Split('\n')[^1]).ShouldBeLessThan(8);
    }

    [Fact]
    public async Task A_fork_bomb_ends() =>
        (await BreachOf("while :; do sleep 60 & done", Spec)).ShouldNotBeNull().Rule.ShouldBe("process_limit");

    [Fact]
    public async Task A_memory_hog_ends_or_gets_no_more()
    {
        var fat = await BreachOf("x=; for i in $(seq 12); do (y=$(head -c 33554432 /dev/zero | tr '\\0' x); sleep 60) & done; sleep 60", Spec with { MemoryBytes = 128 << 20, Processes = 256 });
        fat.ShouldNotBeNull().Rule.ShouldBe("memory_limit");
    }

    [Fact]
    public async Task A_large_file_and_a_full_folder_end_it()
    {
        (await BreachOf($"cat /dev/zero > '{root}/large'", Spec)).ShouldNotBeNull().Rule.ShouldBe("file_limit");
        new FileInfo(Path.Combine(root, "large")).Length.ShouldBeLessThanOrEqualTo(4 << 20);
        var full = await BreachOf($"for i in $(seq 9); do head -c 3000000 /dev/zero > '{root}/part'$i; done; sleep 60", Spec);
        full.ShouldNotBeNull().Detail.ShouldContain("filled its folder");
    }

    [Fact]
    public async Task Processor_time_and_time_are_limited()
    {
        (await BreachOf("while :; do :; done", Spec with { CpuSeconds = 0.3 })).ShouldNotBeNull().Rule.ShouldBe("cpu_limit");
        (await BreachOf("sleep 60", Spec with { WallSeconds = 0.3 })).ShouldNotBeNull().Rule.ShouldBe("time_limit");
    }

    [Fact]
    public async Task Its_standard_input_is_its_lease()
    {
        using var child = Child.Start(Sandbox.Wrap(Script("cat > /dev/null; echo ended"), Spec), sandboxed: true);
        var words = child.Output.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.EndAsync(TimeSpan.FromSeconds(20));
        (await words).ShouldBe("ended\n");
        child.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task It_is_found_by_a_path_that_it_was_given_and_dies_as_a_whole()
    {
        using var child = Child.Start(Sandbox.Wrap(Script("trap '' INT TERM; (setsid sleep 1234.5 &); echo up; sleep 1234.5"), Spec), sandboxed: true);
        (await child.Output.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("up");
        for (var i = 0; i < 100 && ProcessIdentity.FindByArgument("1234.5")!.Count < 2; i++) await Task.Delay(20, TestContext.Current.CancellationToken);
        ProcessIdentity.FindByArgument("1234.5")!.Count.ShouldBe(2);
        var found = ProcessIdentity.FindByArgument(root)!;
        found.ShouldContain(child.Identity);
        child.Identity.Kill();
        await child.Exit.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        for (var i = 0; i < 100 && ProcessIdentity.FindByArgument("1234.5")!.Count > 0; i++) await Task.Delay(20, TestContext.Current.CancellationToken);
        ProcessIdentity.FindByArgument("1234.5")!.ShouldBeEmpty();
    }

    [Fact]
    public async Task Its_last_words_cannot_steer_a_terminal()
    {
        using var child = Child.Start(Sandbox.Wrap(Script("printf '\\033]0;owned\\007\\033[2Jplain words\\u202e' >&2; head -c 3000000 /dev/zero | tr '\\0' y"), Spec), sandboxed: true);
        child.DrainOutput();
        await child.Exit;
        child.Errors.ShouldContain("plain words");
        child.Errors.ShouldAllBe(c => !char.IsControl(c) && c != '\u202e');
    }

    [Fact]
    public void Provider_keys_are_taken_out_of_every_worker()
    {
        // Names of our own: other tests run beside this one, in the same environment.
        Environment.SetEnvironmentVariable("ANTHROPIC_TEST_KEY_OF_SANDBOX", "sk-test");
        Environment.SetEnvironmentVariable("OPENAI_TEST_URL_OF_SANDBOX", "http://localhost");
        try
        {
            WorkerCommand.Create("train", "x").Environment.Keys.ShouldAllBe(name => !name.StartsWith("ANTHROPIC_") && !name.StartsWith("OPENAI_"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("ANTHROPIC_TEST_KEY_OF_SANDBOX", null);
            Environment.SetEnvironmentVariable("OPENAI_TEST_URL_OF_SANDBOX", null);
        }
    }

    [Fact]
    public void Worker_files_that_changed_are_noticed()
    {
        WorkerFiles.Verify();
        var file = Path.Combine(root, "Anneal.Worker.dll");
        File.WriteAllText(file, "one");
        var before = WorkerFiles.HashOf([file]);
        File.WriteAllText(file, "two");
        WorkerFiles.HashOf([file]).ShouldNotBe(before);
    }
}
