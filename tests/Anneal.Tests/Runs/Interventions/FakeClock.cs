namespace Anneal.Tests.Runs.Interventions;

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class FakeClock : TimeProvider
{
    private DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(50);

    public void Advance(double seconds) => now = now.AddSeconds(seconds);

    public override DateTimeOffset GetUtcNow() => now;
}
