using System.Text.Json;

namespace Anneal.Benchmarks.Proxies;

/// <summary>Measured data that the suites resample: one JSON object a line, kept in the repository, grown by <c>--measure</c>.</summary>
internal static class DataFile
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Path under bench/Anneal.Benchmarks/Data of the repository around the working directory.</summary>
    public static string Locate(string name)
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            string data = Path.Combine(folder.FullName, "bench", "Anneal.Benchmarks", "Data");
            if (Directory.Exists(data)) return Path.Combine(data, name);
        }

        throw new DirectoryNotFoundException("bench/Anneal.Benchmarks/Data was not found above the working directory; run from inside the repository.");
    }

    /// <summary>All complete lines; a line that a killed process left half-written is dropped.</summary>
    public static List<T> Read<T>(string path)
    {
        var rows = new List<T>();
        if (!File.Exists(path)) return rows;
        foreach (string line in File.ReadLines(path))
        {
            try
            {
                rows.Add(JsonSerializer.Deserialize<T>(line, Options)!);
            }
            catch (JsonException)
            {
                break;
            }
        }

        return rows;
    }

    /// <summary>
    /// Measures what <paramref name="path"/> still lacks, <paramref name="workers"/> at a time, and appends each result as it
    /// comes. <paramref name="next"/> is asked under the lock with the results so far and returns the work, or null when done.
    /// </summary>
    public static void Measure<T>(string path, int workers, Func<IReadOnlyList<T>, Func<T>?> next)
    {
        var rows = Read<T>(path);
        File.WriteAllLines(path, rows.Select(r => JsonSerializer.Serialize(r, Options)));
        using var file = new StreamWriter(path, append: true) { AutoFlush = true };
        var gate = new Lock();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        int before = rows.Count;
        var threads = Enumerable.Range(0, workers).Select(_ => new Thread(Work)).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();

        void Work()
        {
            while (true)
            {
                Func<T>? work;
                lock (gate) work = next(rows);
                if (work is null) return;
                T row = work();
                lock (gate)
                {
                    rows.Add(row);
                    file.WriteLine(JsonSerializer.Serialize(row, Options));
                    if ((rows.Count - before) % 10 == 0) Console.Error.WriteLine($"{rows.Count} measured, {clock.Elapsed.TotalSeconds / (rows.Count - before):F2} s each");
                }
            }
        }
    }
}
