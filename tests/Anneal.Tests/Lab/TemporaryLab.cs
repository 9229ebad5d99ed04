namespace Anneal.Tests.Lab;

// A folder of its own for a test, gone with it.
public sealed class TemporaryLab : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("anneal-lab-").FullName;

    public string File(string name) => Path.Combine(Directory, name);

    public void Dispose()
    {
        if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
