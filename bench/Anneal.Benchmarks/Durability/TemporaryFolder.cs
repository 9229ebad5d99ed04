namespace Anneal.Benchmarks.Durability;

// A folder for a while.
public sealed class TemporaryFolder : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("anneal-").FullName;

    public string File(string name) => Path.Combine(Directory, name);

    public void Dispose()
    {
        if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
