using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Anneal.Runs.Protocol;

/// <summary>Appends steps to <c>metrics.jsonl</c>; buffered, and on disk at most a few steps or 50 ms behind.</summary>
public sealed class MetricsWriter : IDisposable
{
    private const int FlushBytes = 32 << 10;
    private static readonly TimeSpan flushInterval = TimeSpan.FromMilliseconds(50);

    private readonly FileStream stream;
    private readonly ArrayBufferWriter<byte> buffer = new(FlushBytes * 2);
    private readonly Utf8JsonWriter json;
    private long lastFlush = Stopwatch.GetTimestamp();

    /// <summary>Opens the file for appending; creates it where it is missing.</summary>
    public MetricsWriter(string path)
    {
        stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        json = new(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Bytes of the file up to what was written last, as far as this writer knows.</summary>
    internal long Length => stream.Position;

    /// <summary>Appends a line. No allocation, and mostly no system call.</summary>
    public void Write(StepMetrics metrics)
    {
        json.Reset();
        json.WriteStartObject();
        json.WriteNumber("step"u8, metrics.Step);
        Number("time"u8, metrics.Time, 4);
        if (metrics.Tokens is { } tokens) json.WriteNumber("train/tokens"u8, tokens);
        Number("train/loss"u8, metrics.Loss);
        Number("train/lr"u8, metrics.LearningRate);
        Number("train/grad_norm"u8, metrics.GradNorm);
        Number("train/update_norm"u8, metrics.UpdateNorm);
        Number("train/param_norm"u8, metrics.ParamNorm);
        Flag("train/nonfinite"u8, metrics.Nonfinite);
        Flag("train/clipped"u8, metrics.Clipped);
        if (metrics.BatchHash is { } hash) json.WriteString("data/batch_hash"u8, hash);
        Number("data/repeat_fraction"u8, metrics.RepeatFraction);
        Number("data/token_entropy"u8, metrics.TokenEntropy);
        Number("perf/step_seconds"u8, metrics.StepSeconds, 6);
        Number("perf/tokens_per_second"u8, metrics.TokensPerSecond, 1);
        Number("perf/rss_mb"u8, metrics.RssMb, 1);
        foreach (var (name, value) in metrics.Extra) Number(name, value);
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
        if (buffer.WrittenCount > FlushBytes || Stopwatch.GetElapsedTime(lastFlush) > flushInterval) Flush();
    }

    /// <summary>Hands everything to the operating system. On failure (a full disk) the file keeps its whole lines only.</summary>
    public void Flush()
    {
        lastFlush = Stopwatch.GetTimestamp();
        if (buffer.WrittenCount == 0) return;
        var whole = stream.Length;
        try
        {
            stream.Write(buffer.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
        {
            // The latter for a limit on file sizes.
            stream.SetLength(whole);
            throw;
        }
        finally
        {
            buffer.ResetWrittenCount();
        }
    }

    /// <summary>Closes the file without what is still in memory.</summary>
    internal void Abandon()
    {
        buffer.ResetWrittenCount();
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Flush();
        }
        finally
        {
            json.Dispose();
            stream.Dispose();
        }
    }

    private void Flag(ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag) json.WriteNumber(name, flag ? 1 : 0);
    }

    private void Number(ReadOnlySpan<byte> name, double? value, int digits = -1)
    {
        if (value is not { } number) return;
        json.WritePropertyName(name);
        WriteValue(digits < 0 || !double.IsFinite(number) ? number : Math.Round(number, digits));
    }

    private void Number(string name, double value)
    {
        json.WritePropertyName(name);
        WriteValue(value);
    }

    private void WriteValue(double value)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteStringValue(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
    }
}
