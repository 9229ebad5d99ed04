namespace Anneal.Lab.Execution;

/// <summary>Words from outside, made fit for a terminal and a page.</summary>
internal static class PlainWords
{
    private const int Longest = 2000;

    /// <summary>The text with every control and format character but the line break replaced by a dot, and no longer than 2,000 characters.</summary>
    /// <param name="text">Anything.</param>
    public static string Of(string text)
    {
        var plain = string.Create(Math.Min(text.Length, Longest), text, (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
                target[i] = source[i] == '\n' || !(char.IsControl(source[i]) || char.GetUnicodeCategory(source[i]) is System.Globalization.UnicodeCategory.Format) ? source[i] : '·';
        });
        return text.Length > Longest ? plain + " ..." : plain;
    }
}
