using System.Globalization;
using System.Text;

namespace Anneal.Data.Tokenizer;

/// <summary>
/// Cuts text into the words within which pairs may merge, as GPT-4's pattern does: contractions; letters with one leading
/// character that is neither letter nor digit; digits in short groups; punctuation with a leading space and trailing line
/// ends; white space, of which the last space goes to the word that follows. Works on bytes: one that is not UTF-8 counts
/// as punctuation, so that any input is cut and nothing is lost.
/// </summary>
internal static class WordSplit
{
    /// <summary>Longest digit group that can be asked for.</summary>
    public const int MostDigits = 3;

    /// <summary>The same cut as a regular expression (of Hugging Face's tokenizers, on valid UTF-8).</summary>
    /// <param name="digits">Longest digit group.</param>
    public static string Pattern(int digits) =>
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1," + digits + @"}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private enum Kind : byte { Other, Letter, Digit, Space, LineEnd }

    private static readonly Kind[] Ascii = [.. Enumerable.Range(0, 128).Select(c => KindOf(new Rune(c)))];

    /// <summary>Length in bytes of the first word of a text that is not empty.</summary>
    /// <param name="text">The rest of the text.</param>
    /// <param name="digits">Longest digit group.</param>
    public static int Next(ReadOnlySpan<byte> text, int digits)
    {
        var first = At(text, 0, out var length);
        if (first == Kind.Letter)
            return Run(text, length, Kind.Letter);
        if (first == Kind.Digit)
            return DigitGroup(text, length, digits);
        if (text[0] == '\'' && Contraction(text) is > 0 and var contraction)
            return contraction;
        if (first != Kind.LineEnd && length < text.Length && At(text, length, out var second) == Kind.Letter)
            return Run(text, length + second, Kind.Letter);
        if (first == Kind.Other)
            return LineEnds(text, Run(text, length, Kind.Other));
        if (text[0] == ' ' && text.Length > 1 && At(text, 1, out second) == Kind.Other)
            return LineEnds(text, Run(text, 1 + second, Kind.Other));
        return WhiteSpace(text);
    }

    /// <summary>'s 't 're 've 'm 'll 'd, in either case; 0 if there is none.</summary>
    private static int Contraction(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
            return 0;
        var a = text[1] | 0x20;
        if (a is 's' or 't' or 'm' or 'd')
            return 2;
        if (text.Length < 3)
            return 0;
        return (a, text[2] | 0x20) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static int DigitGroup(ReadOnlySpan<byte> text, int end, int digits)
    {
        for (var count = 1; count < digits && end < text.Length && At(text, end, out var length) == Kind.Digit; count++)
            end += length;
        return end;
    }

    private static int Run(ReadOnlySpan<byte> text, int end, Kind kind)
    {
        while (end < text.Length && At(text, end, out var length) == kind)
            end += length;
        return end;
    }

    private static int LineEnds(ReadOnlySpan<byte> text, int end)
    {
        while (end < text.Length && text[end] is (byte)'\r' or (byte)'\n')
            end++;
        return end;
    }

    /// <summary>Up to the last line end of the run if it has one; else all but the last character if a word follows.</summary>
    private static int WhiteSpace(ReadOnlySpan<byte> text)
    {
        int end = 0, last = 0, lineEnd = 0;
        while (end < text.Length && At(text, end, out var length) is Kind.Space or Kind.LineEnd)
        {
            last = end;
            end += length;
            if (text[last] is (byte)'\r' or (byte)'\n')
                lineEnd = end;
        }
        return lineEnd > 0 ? lineEnd : end < text.Length && last > 0 ? last : end;
    }

    private static Kind At(ReadOnlySpan<byte> text, int at, out int length)
    {
        var b = text[at];
        if (b < 0x80)
        {
            length = 1;
            return Ascii[b];
        }
        // Not UTF-8: the byte alone, whatever Rune would skip.
        if (Rune.DecodeFromUtf8(text[at..], out var rune, out length) == System.Buffers.OperationStatus.Done)
            return KindOf(rune);
        length = 1;
        return Kind.Other;
    }

    private static Kind KindOf(Rune rune)
    {
        if (rune.Value is '\r' or '\n')
            return Kind.LineEnd;
        if (Rune.IsWhiteSpace(rune))
            return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Digit,
            _ => Kind.Other,
        };
    }
}
