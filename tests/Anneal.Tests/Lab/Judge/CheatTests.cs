using Anneal.Benchmarks.Judge;
using Anneal.Lab.Code;
using Anneal.Lab.Execution;

namespace Anneal.Tests.Lab.Judge;

// Ways to win without learning, and honest changes: real code on the real path, with the screen of proposed code switched off, so
// that what stands behind it is tested. The samples lie in bench/Anneal.Benchmarks/Judge, where `bench -- cheats` runs them too.
public sealed class CheatTests(CheatCourtFixture court) : IClassFixture<CheatCourtFixture>
{
    public static TheoryData<string> Cheats => [.. CodeSample.Cheats.Select(sample => sample.Name)];

    public static TheoryData<string> Honest => [.. CodeSample.Honest.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Cheats))]
    public async Task A_cheat_is_reported_for_what_it_is(string name)
    {
        var sample = CodeSample.Cheats.Single(sample => sample.Name == name);
        (await court.JudgementOf(sample)).Unlike(sample, court.Honest).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Honest))]
    public async Task An_honest_change_is_measured(string name)
    {
        var sample = CodeSample.Honest.Single(sample => sample.Name == name);
        var judgement = await court.JudgementOf(sample);
        judgement.Rule.ShouldBeNull(judgement.Detail);
        judgement.Value.ShouldNotBeNull(judgement.Detail);
    }

    [Theory]
    [MemberData(nameof(Cheats))]
    public void The_screen_stops_what_no_part_of_a_trainer_needs(string name)
    {
        var sample = CodeSample.Cheats.Single(sample => sample.Name == name);
        var compiled = CodeCompiler.Compile(new(sample.Kind, sample.Source));
        compiled.IsSound.ShouldBe(sample.Screen == "passes", string.Join("; ", compiled.Problems));
    }

    [Theory]
    [MemberData(nameof(Honest))]
    public void The_screen_lets_honest_code_pass(string name)
    {
        var sample = CodeSample.Honest.Single(sample => sample.Name == name);
        CodeCompiler.Compile(new(sample.Kind, sample.Source)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void There_are_at_least_thirty_cheats_and_twenty_honest_changes()
    {
        CodeSample.Cheats.Count.ShouldBeGreaterThanOrEqualTo(30);
        CodeSample.Honest.Count.ShouldBeGreaterThanOrEqualTo(20);
    }
}

// All are tried side by side, as many as the lab runs at once; each test then waits for its own.
public sealed class CheatCourtFixture : IAsyncDisposable
{
    private readonly Lazy<Task<CheatCourt>> court = new(() => CheatCourt.OpenAsync(parallel: 3, CancellationToken.None));
    private readonly Lazy<Dictionary<string, Task<Judgement>>> judgements;

    public CheatCourtFixture() => judgements = new(() => CodeSample.Cheats.Concat(CodeSample.Honest).ToDictionary(sample => sample.Name, TryAsync, StringComparer.Ordinal));

    public double Honest => court.Value.Result.Honest;

    public Task<Judgement> JudgementOf(CodeSample sample)
    {
        if (Sandbox.Find(out var why) is null) Assert.Skip(why!);
        return judgements.Value[sample.Name];
    }

    public async ValueTask DisposeAsync()
    {
        if (court.IsValueCreated) await (await court.Value).DisposeAsync();
    }

    private async Task<Judgement> TryAsync(CodeSample sample) => await (await court.Value).TryAsync(sample, CancellationToken.None);
}
