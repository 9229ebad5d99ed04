namespace Anneal.Server.Mcp;

/// <summary>What all tools of a server share.</summary>
internal sealed class McpLab : IAsyncDisposable
{
    /// <param name="options">Lab, root and budgets.</param>
    /// <param name="log">Told of faults; never standard output.</param>
    public McpLab(McpOptions options, Action<string> log)
    {
        Directory = Path.GetFullPath(options.Lab);
        Paths = new Confinement(options.Root, Directory);
        Consent = new Consent(new Allowance(options));
        Log = log;
    }

    /// <summary>The lab's folder.</summary>
    public string Directory { get; }

    public Confinement Paths { get; }

    public Consent Consent { get; }

    /// <summary>Studies at work in this process.</summary>
    public Sittings Sittings { get; } = new();

    public Action<string> Log { get; }

    /// <summary>Stops every study, with its state saved.</summary>
    public ValueTask DisposeAsync() => Sittings.DisposeAsync();
}
