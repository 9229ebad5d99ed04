using System.Runtime.CompilerServices;
using Anneal.Engine.Training;

namespace Anneal.Tests.Engine.Models;

/// <summary>The committed output of bench/peers/golden.py.</summary>
internal static class GoldenFile
{
    public static string[] Names => ["gpt2", "llama", "modern"];

    public static double Distance(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        actual.Length.ShouldBe(expected.Length);
        double difference = 0, size = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            difference += Math.Pow((double)actual[i] - expected[i], 2);
            size += Math.Pow(expected[i], 2);
        }

        // A key bias shifts all scores of a row alike: its gradient is zero up to rounding, and so is PyTorch's.
        return Math.Sqrt(difference) / Math.Max(Math.Sqrt(size), 1e-3);
    }

    public static float[] Read(SafetensorsReader reader, string name)
    {
        var values = new float[reader.ShapeOf(name).Aggregate(1, (product, size) => product * size)];
        reader.Read(name, reader.ShapeOf(name), values);
        return values;
    }

    public static string PathOf(string name) => Path.Combine(Root(), "tests", "Anneal.Tests", "Golden", name + ".safetensors");

    public static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "..", "..", "..", "..", ".."));
}
