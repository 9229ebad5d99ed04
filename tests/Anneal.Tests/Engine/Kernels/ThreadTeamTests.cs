using Anneal.Engine.Kernels;

namespace Anneal.Tests.Engine.Kernels;

public class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_part_is_done_once(int threads)
    {
        using var team = new ThreadTeam(threads);
        int[] count = new int[1000];
        Action<int> part = i => Interlocked.Increment(ref count[i]);
        for (int call = 0; call < 300; call++) team.Run(call, part);
        for (int i = 0; i < count.Length; i++) count[i].ShouldBe(Math.Max(0, 299 - i));
    }

    [Fact]
    public void Sleeping_threads_wake_up_again()
    {
        using var team = new ThreadTeam(3);
        int sum = 0;
        for (int call = 0; call < 5; call++)
        {
            team.Run(50, i => Interlocked.Add(ref sum, i));
            Thread.Sleep(20);
        }

        sum.ShouldBe(5 * 49 * 25);
    }

    [Fact]
    public void An_exception_of_a_part_reaches_the_caller_and_the_team_lives_on()
    {
        using var team = new ThreadTeam(2);
        Should.Throw<InvalidDataException>(() => team.Run(10, i =>
        {
            if (i == 7) throw new InvalidDataException("seven");
        })).Message.ShouldBe("seven");
        int done = 0;
        team.Run(10, _ => Interlocked.Increment(ref done));
        done.ShouldBe(10);
    }

    [Fact]
    public void A_call_within_a_part_is_refused()
    {
        using var team = new ThreadTeam(2);
        Should.Throw<InvalidOperationException>(() => team.Run(4, _ => team.Run(4, _ => { })));
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        using var team = new ThreadTeam(2);
        Action<int> part = static _ => { };
        team.Run(8, part);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < 100; call++) team.Run(8, part);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
