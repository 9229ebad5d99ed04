using System.Net;

namespace Anneal.Lab.Providers;

/// <summary>
/// What went over the wire in one call, as the SDKs do not tell it: whether the request left this machine, whether an answer
/// began, and how long the provider asks to wait.
/// </summary>
internal sealed class WireTrace
{
    private static readonly AsyncLocal<WireTrace?> current = new();

    /// <summary>The trace of the call that is being made here, if any.</summary>
    public static WireTrace? Current => current.Value;

    /// <summary>Begins a trace: what this flow of control sends from now on is noted in it.</summary>
    public static WireTrace Begin() => current.Value = new WireTrace();

    /// <summary>The connection stood: the request may have been read over there.</summary>
    public bool Sent { get; set; }

    /// <summary>Status of the answer; null where none began.</summary>
    public HttpStatusCode? Status { get; set; }

    /// <summary>How long the provider asks to wait.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Provider's id of the call.</summary>
    public string? RequestId { get; set; }
}
