using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Anneal.Data.Readers;

/// <summary>Finds the documentation files beside the reference assemblies of the SDK that runs us.</summary>
internal static class DotnetPacks
{
    /// <summary>
    /// Every <c>packs/*.Ref/VERSION/ref/TFM/*.xml</c> of the first .NET root that has any: of each pack the newest version
    /// and its newest framework, in ordinal order of path. Empty when there is no SDK, or one without documentation.
    /// </summary>
    public static IReadOnlyList<string> Find() => Roots().Select(Find).FirstOrDefault(files => files.Count > 0) ?? [];

    /// <summary>The same within one .NET root.</summary>
    public static IReadOnlyList<string> Find(string root)
    {
        var packs = Path.Combine(root, "packs");
        if (!Directory.Exists(packs))
            return [];
        var files = new List<string>();
        foreach (var pack in Directory.EnumerateDirectories(packs, "*.Ref").Order(StringComparer.Ordinal))
        {
            var documented = from version in Directory.EnumerateDirectories(pack)
                             let reference = Path.Combine(version, "ref")
                             where Directory.Exists(reference)
                             from framework in Directory.EnumerateDirectories(reference)
                             let xml = Directory.GetFiles(framework, "*.xml")
                             where xml.Length > 0
                             orderby VersionOf(version) descending, VersionOf(framework) descending, framework
                             select xml;
            if (documented.FirstOrDefault() is { } newest)
                files.AddRange(newest.Order(StringComparer.Ordinal));
        }
        return files;
    }

    /// <summary>The first of each set of files with equal names and bytes: packs carry copies of each other's documentation.</summary>
    public static IReadOnlyList<string> WithoutCopies(IReadOnlyList<string> files)
    {
        var copied = files.GroupBy(Key).Where(alike => alike.Count() > 1).SelectMany(alike => alike).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<(string, UInt128)>();
        return [.. files.Where(file => !copied.Contains(file) || seen.Add((Path.GetFileName(file), Hash(file))))];

        static (string, long) Key(string file) => (Path.GetFileName(file), new FileInfo(file).Length);

        static UInt128 Hash(string file)
        {
            using var stream = File.OpenRead(file);
            return BitConverter.ToUInt128(SHA256.HashData(stream));
        }
    }

    /// <summary>Pack and version of each file found, once each: <c>Microsoft.NETCore.App.Ref 10.0.12</c>.</summary>
    public static IEnumerable<string> Versions(IEnumerable<string> files) =>
        files.Select(file => file.Split(Path.DirectorySeparatorChar)).Select(parts => $"{parts[^5]} {parts[^4]}").Distinct();

    /// <summary>Where .NET may live, most certain first: the root in the environment, the runtime we run on, the command on the path.</summary>
    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } stated)
            yield return stated;

        // <root>/shared/Microsoft.NETCore.App/<version>/
        if (Ancestor(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd(Path.DirectorySeparatorChar), 3) is { } running)
            yield return running;

        var command = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var file = new FileInfo(Path.Combine(folder, command));
            if (file.Exists && (file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName) is { } target)
                yield return Path.GetDirectoryName(target)!;
        }
    }

    private static string? Ancestor(string path, int levels)
    {
        for (string? at = path; at is not null; at = Path.GetDirectoryName(at), levels--)
            if (levels == 0)
                return at;
        return null;
    }

    /// <summary>Numbers of a folder's name (<c>10.0.12</c>, <c>net10.0</c>); a pre-release counts below its release.</summary>
    private static (Version Number, bool Released, string Name) VersionOf(string folder)
    {
        var name = Path.GetFileName(folder);
        var number = name.Split('-')[0].TrimStart("abcdefghijklmnopqrstuvwxyz".ToCharArray());
        return (Version.TryParse(number, out var version) ? version : new Version(0, 0), !name.Contains('-'), name);
    }
}
