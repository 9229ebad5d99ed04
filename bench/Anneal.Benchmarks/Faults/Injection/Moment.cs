using Anneal.Engine.Shards;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>Where a run stands, for an injection to act by.</summary>
/// <param name="corpus">Its text.</param>
/// <param name="scale">Its size.</param>
/// <param name="seed">Of the run.</param>
/// <param name="at">First step (from 1) at which the injection acts.</param>
/// <param name="clock">Its machine's.</param>
internal sealed class Moment(FaultCorpus corpus, Scale scale, int seed, int at, Clock clock)
{
    private readonly TokenStream?[] streams = new TokenStream?[corpus.Domains.Count];

    public FaultCorpus Corpus => corpus;

    public Scale Scale => scale;

    public int Seed => seed;

    public int At => at;

    public Clock Clock => clock;

    /// <summary>The step being done, from 1.</summary>
    public int Step { get; set; }

    /// <summary>Steps since the injection; 0 in its first.</summary>
    public int Since => Step - at;

    public Random Random { get; } = new(seed * 7919 + at);

    /// <summary>Place in the data that an injection goes back to.</summary>
    public TokenCursor Kept { get; set; }

    /// <summary>The next tokens of one domain alone.</summary>
    public TokenStream Domain(int number) => streams[number] ??= new(corpus.Domains[number].Shard!, orderSeed: 1000 + seed);

    /// <summary>Share of the way through the whole run, 0 to 1.</summary>
    public double Progress => (double)(Step - 1) / scale.Steps;

    /// <summary>A row of the batch: its context tokens.</summary>
    public Span<int> Row(Span<int> batch, int row) => batch.Slice(row * scale.Options.Model.Context, scale.Options.Model.Context);

    /// <summary>Rows of a batch.</summary>
    public int Rows => scale.Options.BatchTokens / scale.Options.Model.Context;
}
