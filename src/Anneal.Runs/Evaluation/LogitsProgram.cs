using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Anneal.Runs.Evaluation;

/// <summary>The asking side: a running logits program, under a clock of ours. Nothing that it says is believed but the numbers.</summary>
internal sealed class LogitsProgram : IDisposable
{
    private readonly Process process;
    private readonly Timer alarm;
    private readonly Stream questions;
    private readonly Stream answers;
    private readonly int vocab;
    private readonly double seconds;
    private volatile bool late;
    private long asked;

    /// <summary>Starts it and hears who it is.</summary>
    /// <param name="command">The program.</param>
    /// <param name="vocab">Expected vocabulary.</param>
    /// <param name="context">Longest row that will be asked.</param>
    /// <param name="seconds">Time for all of it.</param>
    /// <exception cref="FoulPlayException">It is another model than expected, or breaks the protocol.</exception>
    public LogitsProgram(LogitsCommand command, int vocab, int context, double seconds)
    {
        (this.vocab, this.seconds) = (vocab, seconds);
        var start = new ProcessStartInfo(command.Program, command.Arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        process = Process.Start(start) ?? throw new InputException(command.Program, "cannot be started");
        // Its words are not needed; a pipe that nobody reads would stop it.
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        questions = new BufferedStream(process.StandardInput.BaseStream, 1 << 16);
        answers = new BufferedStream(process.StandardOutput.BaseStream, 1 << 16);
        alarm = new(_ => GiveUp(), null, TimeSpan.FromSeconds(Math.Max(0, seconds)), Timeout.InfiniteTimeSpan);
        try
        {
            Guarded(() => Meet(context));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Logits of rows, unnormalised as they came; finite.</summary>
    /// <param name="rows">Token ids.</param>
    /// <returns>A row's logits, position after position, vocabulary wide.</returns>
    /// <exception cref="FoulPlayException">The answer breaks the protocol.</exception>
    public float[][] Ask(IReadOnlyList<int[]> rows)
    {
        var logits = rows.Select(row => new float[(long)row.Length * vocab]).ToArray();
        Guarded(() =>
        {
            LogitsWire.WriteLine(questions, new LogitsQuestion(++asked, [.. rows.Select(row => row.Length)]), LogitsJson.Default.LogitsQuestion);
            foreach (var row in rows) questions.Write(MemoryMarshal.AsBytes(row.AsSpan()));
            questions.Flush();
            var answer = LogitsWire.ReadLine(answers, LogitsJson.Default.LogitsAnswer) ?? throw new EndOfStreamException();
            if (answer.Id != asked) throw new InvalidDataException($"it answered question {answer.Id}, asked was {asked}");
            if (answer.Error is { } error) throw new FoulPlayException("no_answer", $"The model gave no logits: {Plain(error)}");
            foreach (var row in logits) answers.ReadExactly(MemoryMarshal.AsBytes(row.AsSpan()));
        });
        foreach (var row in logits)
            if (Array.FindIndex(row, value => !float.IsFinite(value)) is >= 0 and var at)
                throw new FoulPlayException("not_finite", $"The logit of token {at % vocab} at position {at / vocab} is {row[at]}: every logit must be finite.");
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        alarm.Dispose();
        Kill();
        process.Dispose();
    }

    private void Meet(int context)
    {
        var header = LogitsWire.ReadLine(answers, LogitsJson.Default.LogitsHeader) ?? throw new EndOfStreamException();
        if (header.Protocol != LogitsHeader.Version) throw new FoulPlayException("wrong_shape", $"The model speaks `{Plain(header.Protocol)}`; expected `{LogitsHeader.Version}`.");
        if (header.Vocab != vocab) throw new FoulPlayException("wrong_shape", $"The model has a vocabulary of {header.Vocab}, the lab's tokenizer has {vocab}.");
        if (header.Context < context) throw new FoulPlayException("wrong_shape", $"The model takes rows of {header.Context} tokens, the evaluation asks for {context}.");
    }

    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            if (late) throw new FoulPlayException("too_slow", $"The model did not answer all questions within {seconds:0.#} s.");
            if (e is InvalidDataException) throw new FoulPlayException("wrong_shape", $"The model broke the logits protocol: {Plain(e.Message)}.");
            var ended = process.WaitForExit(1000) ? $" with exit code {process.ExitCode}" : "";
            throw new FoulPlayException("no_answer", $"The model's process ended{ended} without an answer to question {asked}.");
        }
    }

    private void GiveUp()
    {
        late = true;
        Kill();
    }

    private void Kill()
    {
        try
        {
            // A sandbox dies with its outermost process; without one there is nothing but this process.
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }

    private static string Plain(string words) => string.Concat(words.Take(200).Select(c => char.IsControl(c) ? '·' : c));
}
