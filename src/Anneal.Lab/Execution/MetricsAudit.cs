using System.Security.Cryptography;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Execution;

/// <summary>
/// Follows a run's <c>metrics.jsonl</c> from outside, so that what it said once stands: each step after the one before, with the
/// tokens that so many steps take, and no earlier line changed.
/// </summary>
/// <param name="path">The file, as it lies when the run starts or goes on.</param>
/// <param name="batchTokens">Tokens of a step.</param>
/// <param name="steps">Steps of the whole run.</param>
internal sealed class MetricsAudit(string path, int batchTokens, int steps) : IDisposable
{
    private const long LargestFile = 512 << 20;

    private readonly IncrementalHash before = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long atStart = File.Exists(path) ? new FileInfo(path).Length : 0;
    private long length;

    /// <summary>Steps seen so far.</summary>
    public int LastStep { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => before.Dispose();

    /// <summary>Looks at what was added since the last look.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public FoulPlay? Look()
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null } file) return length > 0 ? Tampered("is gone") : null;
        if (file.Length > LargestFile) return Tampered($"has {file.Length >> 20} MiB");
        if (file.Length < length && length > atStart) return Tampered($"became shorter after step {LastStep}");
        try
        {
            // A run that goes on from an older state than its newest first takes back what it had said after it.
            if (file.Length < length) Forget();
            return Follow(Read(length));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Looks at the whole file after the run's end.</summary>
    /// <param name="finished">All steps are said to be done.</param>
    public FoulPlay? End(bool finished)
    {
        if (Look() is { } wrong) return wrong;
        if (length > 0 && (!File.Exists(path) || Read(0) is not { } all || all.Length < length || !SHA256.HashData(all.AsSpan(0, (int)length)).AsSpan().SequenceEqual(before.GetCurrentHash())))
            return Tampered("was rewritten");
        return finished && LastStep != steps ? Tampered($"ends at step {LastStep}; the run has {steps}") : null;
    }

    private void Forget()
    {
        before.GetHashAndReset();
        (length, LastStep) = (0, 0);
    }

    private FoulPlay? Follow(byte[] added)
    {
        var rest = added.AsMemory();
        for (; rest.Span.IndexOf((byte)'\n') is >= 0 and var end; rest = rest[(end + 1)..])
        {
            if (MetricsReader.Parse(rest.Span[..end]) is not { } metrics) return Tampered($"has a line after step {LastStep} that is no step");
            if (metrics.Step != LastStep + 1) return Tampered($"goes from step {LastStep} to step {metrics.Step}");
            if (metrics.Step > steps) return Tampered($"claims step {metrics.Step}; the run has {steps}");
            if (metrics.Tokens is { } tokens && tokens != (long)metrics.Step * batchTokens) return Tampered($"claims {tokens} tokens at step {metrics.Step}; a step takes {batchTokens}");
            LastStep = metrics.Step;
            before.AppendData(rest.Span[..(end + 1)]);
            length += end + 1;
        }
        return null;
    }

    private byte[] Read(long from)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length <= from) return [];
        stream.Position = from;
        var bytes = new byte[stream.Length - from];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static FoulPlay Tampered(string what) => new("metrics_tampered", $"metrics.jsonl {what}.");
}
