namespace Anneal.Lab.Code;

/// <summary>What is wrong with proposed code, where, and what to do instead.</summary>
/// <param name="Line">From 1; 0 where it concerns the whole.</param>
/// <param name="Column">From 1; 0 where it concerns the whole.</param>
/// <param name="Message">What and instead.</param>
public sealed record CodeProblem(int Line, int Column, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"line {Line}, column {Column}: {Message}" : Message;
}
