using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Code;

/// <summary>
/// Sources of proposals in a lab, by the hash of their text: <c>code/HASH.cs</c>, and what they compile to beside them. A source is
/// compared with its name whenever it is read, an assembly with what its source compiles to.
/// </summary>
/// <param name="lab">The lab's folder.</param>
public sealed class CodeStore(string lab)
{
    private readonly ConcurrentDictionary<string, Lazy<StoredCode>> ready = new(StringComparer.Ordinal);

    /// <summary>Where it all lies.</summary>
    public string Directory { get; } = Path.Combine(Path.GetFullPath(lab), "code");

    /// <summary>Compiles a source, and keeps it if it is sound.</summary>
    /// <param name="code">Kind and source.</param>
    /// <returns>The assembly, or what is wrong.</returns>
    public CompiledCode Add(ProposedCode code)
    {
        var compiled = CodeCompiler.Compile(code);
        if (!compiled.IsSound) return compiled;
        System.IO.Directory.CreateDirectory(Directory);
        var source = PathOf(compiled.Hash, ".cs");
        if (!File.Exists(source)) AtomicFile.Write(source, Encoding.UTF8.GetBytes(code.Source), durable: true);
        ready.TryAdd($"{compiled.Kind}.{compiled.Hash}", new(Place(compiled)));
        return compiled;
    }

    /// <summary>The source of a hash, or null where there is none.</summary>
    /// <param name="hash">64 hexadecimal digits.</param>
    /// <exception cref="InputException">The file is not what its name says.</exception>
    public string? Source(string hash)
    {
        var path = PathOf(hash, ".cs");
        if (!File.Exists(path)) return null;
        var source = File.ReadAllText(path, Encoding.UTF8);
        return CodeCompiler.HashOf(source) == hash ? source : throw new InputException(path, "is not the source that its name says: it was changed. Put the old text back, or remove the file.");
    }

    /// <summary>A stored source with its assembly, compiled again where that is missing or another.</summary>
    /// <param name="kind">Which part it is.</param>
    /// <param name="hash">64 hexadecimal digits.</param>
    /// <returns>Null where there is no such source of that kind.</returns>
    /// <exception cref="InputException">The source was changed, or no longer compiles.</exception>
    public StoredCode? Find(CodeKind kind, string hash)
    {
        if (Source(hash) is not { } source) return null;
        return ready.GetOrAdd($"{kind}.{hash}", _ => new(() =>
        {
            var compiled = CodeCompiler.Compile(new(kind, source));
            return compiled.IsSound ? Place(compiled) : throw new InputException(PathOf(hash, ".cs"), $"is no {kind.ToString().ToLowerInvariant()} that compiles: {compiled.Problems[0]}");
        })).Value;
    }

    private StoredCode Place(CompiledCode compiled)
    {
        var path = PathOf(compiled.Hash, ".dll");
        var assemblyHash = Convert.ToHexStringLower(SHA256.HashData(compiled.Assembly));
        if (!File.Exists(path) || Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) != assemblyHash) AtomicFile.Write(path, compiled.Assembly, durable: true);
        return new(compiled.Kind, compiled.Hash, PathOf(compiled.Hash, ".cs"), path, assemblyHash);
    }

    private string PathOf(string hash, string extension)
    {
        if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)) throw new ArgumentException($"`{hash}` is no SHA-256: expected 64 hexadecimal digits.", nameof(hash));
        return Path.Combine(Directory, hash + extension);
    }
}
