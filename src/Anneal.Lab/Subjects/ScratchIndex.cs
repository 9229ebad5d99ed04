namespace Anneal.Lab.Subjects;

/// <summary>A git index of our own for a few commands.</summary>
internal sealed class ScratchIndex : IDisposable
{
    private readonly string path;

    /// <param name="folder">Where it lies.</param>
    public ScratchIndex(string folder) => path = Path.Combine(folder, $".index.{Guid.NewGuid():N}");

    /// <summary>Tells git to use it.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string> { ["GIT_INDEX_FILE"] = path };

    public void Dispose()
    {
        File.Delete(path);
        File.Delete(path + ".lock");
    }
}
