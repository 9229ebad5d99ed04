using System.Runtime.InteropServices;

namespace Anneal.Runs.Evaluation;

/// <summary>The answering side of the logits protocol.</summary>
public static class LogitsServer
{
    /// <summary>Logits of rows.</summary>
    /// <param name="rows">Token ids of each row.</param>
    /// <param name="logits">To be filled: each position of each row, vocabulary wide.</param>
    public delegate void Model(IReadOnlyList<int[]> rows, Span<float> logits);

    /// <summary>Answers questions until the input ends.</summary>
    /// <param name="input">Questions.</param>
    /// <param name="output">Answers.</param>
    /// <param name="vocab">Number of token ids.</param>
    /// <param name="context">Longest row.</param>
    /// <param name="model">What answers.</param>
    /// <exception cref="InvalidDataException">A question is malformed.</exception>
    public static void Serve(Stream input, Stream output, int vocab, int context, Model model)
    {
        using var questions = new BufferedStream(input, 1 << 16);
        using var answers = new BufferedStream(output, 1 << 16);
        LogitsWire.WriteLine(answers, new LogitsHeader(LogitsHeader.Version, vocab, context), LogitsJson.Default.LogitsHeader);
        answers.Flush();
        while (LogitsWire.ReadLine(questions, LogitsJson.Default.LogitsQuestion) is { } question)
        {
            var rows = question.Lengths.Select(length => ReadRow(questions, length, context)).ToArray();
            var logits = new float[(long)rows.Sum(row => row.Length) * vocab];
            try
            {
                model(rows, logits);
                LogitsWire.WriteLine(answers, new LogitsAnswer(question.Id), LogitsJson.Default.LogitsAnswer);
                answers.Write(MemoryMarshal.AsBytes<float>(logits));
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or ArithmeticException or IndexOutOfRangeException or NullReferenceException)
            {
                LogitsWire.WriteLine(answers, new LogitsAnswer(question.Id, $"{e.GetType().Name}: {e.Message}"), LogitsJson.Default.LogitsAnswer);
            }
            answers.Flush();
        }
    }

    private static int[] ReadRow(Stream input, int length, int context)
    {
        if (length < 1 || length > context) throw new InvalidDataException($"a row of {length} tokens; expected 1 to {context}");
        var row = new int[length];
        input.ReadExactly(MemoryMarshal.AsBytes(row.AsSpan()));
        return row;
    }
}
