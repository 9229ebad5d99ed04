using System.Diagnostics;
using Anneal.Benchmarks.Durability;
using Anneal.Lab;
using Anneal.Lab.Execution;
using Anneal.Runs;
using Microsoft.Data.Sqlite;
using LabLedger = Anneal.Lab.Ledger.Ledger;

namespace Anneal.Tests.Lab.Ledger;

public sealed class LeaseTests : IDisposable
{
    private readonly TemporaryFolder lab = new();

    public void Dispose() => lab.Dispose();

    private void GiveLeaseTo(ProcessIdentity process, string host, DateTime heartbeat)
    {
        using var connection = new SqliteConnection($"Data Source={lab.File("lab.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE lease SET epoch = epoch + 1, study = 'other', pid = {process.Pid}, process_start = '{process.Start}', host = '{host}', since = 'then', heartbeat = '{heartbeat:O}'";
        command.ExecuteNonQuery();
    }

    [Fact]
    public void A_second_study_is_told_who_holds_the_lab()
    {
        using var first = LabLedger.Open(lab.Directory);
        using var second = LabLedger.Open(lab.Directory);
        using var lease = first.TakeLease("one");
        var message = Should.Throw<InputException>(() => second.TakeLease("two")).Message;
        message.ShouldContain($"process {Environment.ProcessId}");
        message.ShouldContain(Environment.MachineName);
        message.ShouldContain("'one'");
    }

    [Fact]
    public void A_lease_that_was_given_back_is_free()
    {
        using var first = LabLedger.Open(lab.Directory);
        using var second = LabLedger.Open(lab.Directory);
        long before;
        using (var lease = first.TakeLease("one")) before = lease.Epoch;
        using var next = second.TakeLease("two");
        next.Epoch.ShouldBe(before + 1);
    }

    [Fact]
    public void A_dead_holder_loses_the_lease()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true, UseShellExecute = false })!;
        var child = ProcessIdentity.Find(process.Id)!.Value;
        process.WaitForExit();
        GiveLeaseTo(child, Environment.MachineName, DateTime.UtcNow);
        ledger.TakeLease("mine").Dispose();
    }

    [Fact]
    public void A_reused_process_number_is_not_the_holder()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        GiveLeaseTo(ProcessIdentity.Current with { Start = "long ago" }, Environment.MachineName, DateTime.UtcNow);
        ledger.TakeLease("mine").Dispose();
    }

    [Fact]
    public void A_holder_elsewhere_is_believed_for_a_minute_after_its_last_sign_of_life()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        GiveLeaseTo(ProcessIdentity.Current, "elsewhere", DateTime.UtcNow.AddSeconds(-30));
        Should.Throw<InputException>(() => ledger.TakeLease("mine")).Message.ShouldContain("elsewhere");
        GiveLeaseTo(ProcessIdentity.Current, "elsewhere", DateTime.UtcNow.AddSeconds(-90));
        ledger.TakeLease("mine").Dispose();
    }

    [Fact]
    public void A_stale_writer_is_fenced()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        using var lease = ledger.TakeLease("mine");
        GiveLeaseTo(ProcessIdentity.Current, Environment.MachineName, DateTime.UtcNow);
        Should.Throw<InputException>(() => ledger.AddStudy(new StudySpec { Study = "mine", Recipe = "r" }, "", new Dictionary<string, string>())).Message.ShouldContain("lost the lab");
        ledger.ListStudies().ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_written_without_a_lease()
    {
        using var ledger = LabLedger.Open(lab.Directory);
        Should.Throw<InvalidOperationException>(() => ledger.BeginSitting("mine", null));
    }
}
