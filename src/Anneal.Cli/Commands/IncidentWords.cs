using System.Text.Json;

namespace Anneal.Cli.Commands;

/// <summary>The words of an incident as its JSON has them.</summary>
internal static class IncidentWords
{
    /// <summary>A value of an enum as the protocol writes it: <c>scale_lr</c>.</summary>
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
