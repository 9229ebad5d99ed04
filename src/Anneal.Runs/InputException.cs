namespace Anneal.Runs;

/// <summary>A file or an argument from a person is wrong. The message says where, what was found, what was expected and the nearest valid word.</summary>
public sealed class InputException : Exception
{
    /// <summary>One or more errors, in the order of the file; at least one.</summary>
    public InputException(IReadOnlyList<InputError> errors) : base(string.Join(Environment.NewLine, errors))
    {
        ArgumentOutOfRangeException.ThrowIfZero(errors.Count);
        Errors = errors;
    }

    /// <summary>A single error.</summary>
    public InputException(string file, int line, int column, string problem) : this([new InputError(file, line, column, problem)])
    {
    }

    /// <summary>A single error that has no place within the file.</summary>
    public InputException(string file, string problem) : this(file, 0, 0, problem)
    {
    }

    /// <summary>All that is wrong, in the order of the file.</summary>
    public IReadOnlyList<InputError> Errors { get; }

    /// <summary>File (or argument) of the first error.</summary>
    public string File => Errors[0].File;

    /// <summary>Line of the first error, from 1; 0 where there is none.</summary>
    public int Line => Errors[0].Line;

    /// <summary>Column of the first error, from 1; 0 where there is none.</summary>
    public int Column => Errors[0].Column;
}

/// <summary>One thing wrong with an input.</summary>
/// <param name="File">Path as it was given, or the argument's name (<c>--set</c>).</param>
/// <param name="Line">From 1; 0 where there is none.</param>
/// <param name="Column">From 1, in characters; 0 where there is none.</param>
/// <param name="Problem">What was found, what was expected, and a way out.</param>
public sealed record InputError(string File, int Line, int Column, string Problem)
{
    /// <summary><c>file:line:column: problem</c>, which editors and terminals make clickable.</summary>
    public override string ToString() => Line > 0 ? $"{File}:{Line}:{Column}: {Problem}" : $"{File}: {Problem}";
}
