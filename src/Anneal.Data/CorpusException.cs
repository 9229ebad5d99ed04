namespace Anneal.Data;

/// <summary>Text or a corpus directory that cannot be used: what was found, where, and what was expected.</summary>
public sealed class CorpusException : Exception
{
    /// <summary>Creates the error; the message is prefixed with file and line where they are known.</summary>
    /// <param name="message">The value found and the expectation.</param>
    /// <param name="file">The file at fault.</param>
    /// <param name="line">Its line, from 1; 0 when the file as a whole is at fault.</param>
    /// <param name="inner">The cause, if another error is behind this one.</param>
    public CorpusException(string message, string? file = null, long line = 0, Exception? inner = null)
        : base(file is null ? message : line > 0 ? $"{file}:{line}: {message}" : $"{file}: {message}", inner)
    {
        File = file;
        Line = line;
    }

    /// <summary>The file at fault, if one is.</summary>
    public string? File { get; }

    /// <summary>The line at fault, from 1; 0 if none is.</summary>
    public long Line { get; }
}
