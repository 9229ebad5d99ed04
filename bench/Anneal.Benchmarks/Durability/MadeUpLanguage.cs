using System.Text;

namespace Anneal.Benchmarks.Durability;

// Words of syllables; each word has three favourites to follow it.
public static class MadeUpLanguage
{
    public static IEnumerable<string> Documents(int count)
    {
        var random = new Random(7);
        string[] syllables = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "chi", "ple"];
        var words = Enumerable.Range(0, 400).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => syllables[random.Next(syllables.Length)]))).ToArray();
        var next = words.Select(_ => (int[])[random.Next(words.Length), random.Next(words.Length), random.Next(words.Length)]).ToArray();
        for (var document = 0; document < count; document++)
        {
            var (text, word) = (new StringBuilder(), random.Next(words.Length));
            for (var i = random.Next(40, 90); i > 0; i--)
            {
                text.Append(words[word]).Append(i % 11 == 1 ? ". " : " ");
                word = random.Next(5) == 0 ? random.Next(words.Length) : next[word][random.Next(3)];
            }
            yield return text.ToString();
        }
    }
}
