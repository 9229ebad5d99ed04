using System.Runtime.InteropServices;

namespace Anneal.Lab.Execution;

/// <summary>The parts of this machine's file system that a .NET program needs, and nothing else of it.</summary>
internal static class SystemParts
{
    private static readonly string[] libraries = ["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64"];

    /// <summary>Arguments of <c>bwrap</c> that show the libraries and the .NET runtime, read-only.</summary>
    public static IEnumerable<string> Arguments()
    {
        foreach (var folder in libraries)
        {
            // On most systems /lib is a link into /usr.
            if (new DirectoryInfo(folder) is not { Exists: true } info) continue;
            foreach (var word in info.LinkTarget is { } target ? (string[])["--symlink", target, folder] : ["--ro-bind", folder, folder]) yield return word;
        }
        yield return "--ro-bind-try";
        yield return "/etc/ld.so.cache";
        yield return "/etc/ld.so.cache";
        foreach (var path in Runtime())
        {
            yield return "--ro-bind-try";
            yield return path;
            yield return path;
        }
    }

    /// <summary>The program that starts .NET programs.</summary>
    public static string Host => Path.Combine(Root, "dotnet");

    // The running runtime lies in ROOT/shared/Microsoft.NETCore.App/VERSION.
    private static string Root => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static IEnumerable<string> Runtime() => [Host, Path.Combine(Root, "host"), Path.Combine(Root, "shared", "Microsoft.NETCore.App")];
}
