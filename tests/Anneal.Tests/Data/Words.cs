namespace Anneal.Tests.Data;

/// <summary>Random text of made-up words, Zipf-like, so that it compresses as language does.</summary>
internal static class Words
{
    private static readonly string[] Vocabulary = Make();

    /// <summary>So many words with a full stop now and then.</summary>
    public static string Text(Random random, int count)
    {
        var words = new List<string>(count);
        for (var i = 0; i < count; i++)
            words.Add(Draw(random) + (random.Next(12) == 0 ? "." : ""));
        return string.Join(' ', words);
    }

    /// <summary>One word.</summary>
    public static string Draw(Random random) => Vocabulary[(int)(Vocabulary.Length * Math.Pow(random.NextDouble(), 2))];

    private static string[] Make()
    {
        var random = new Random(5);
        var syllables = new[] { "ba", "con", "de", "er", "fi", "gra", "in", "lo", "mon", "ne", "or", "pre", "re", "sta", "ti", "ul", "ver" };
        return [.. Enumerable.Range(0, 3000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => syllables[random.Next(syllables.Length)]))).Distinct()];
    }
}
