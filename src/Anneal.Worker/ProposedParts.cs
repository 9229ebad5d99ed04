using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;
using Anneal.Engine.Custom;
using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Worker;

/// <summary>Loads compiled proposals. Only the worker does: what stands in them runs with the worker's rights, which are the sandbox's.</summary>
internal static class ProposedParts
{
    /// <summary>The parts of a run, made anew; null where the recipe has no code.</summary>
    /// <param name="code">Hashes of the sources.</param>
    /// <param name="order">Where the assemblies lie, and their hashes; null trusts no code.</param>
    /// <exception cref="InputException">An assembly is missing, another, or holds no such part.</exception>
    public static CustomParts? Load(CodeConfig code, CodeOrder? order)
    {
        if (code.IsEmpty) return null;
        if (order is null) throw new InputException("order.json", "the recipe has code of a proposal, and the order names no compiled code; run it through a lab");
        return new()
        {
            Block = Make<CustomBlock>(code.Block, order),
            Optimizer = Make<CustomOptimizer>(code.Optimizer, order),
            Schedule = Make<CustomSchedule>(code.Schedule, order),
            Loss = Make<CustomLoss>(code.Loss, order),
        };
    }

    private static T? Make<T>(string hash, CodeOrder order)
        where T : class
    {
        if (hash.Length == 0) return null;
        var path = Path.Combine(order.Directory, hash + ".dll");
        if (!File.Exists(path)) throw new InputException(path, "is missing: the compiled code of a proposal");
        var bytes = File.ReadAllBytes(path);
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (!order.Assemblies.TryGetValue(hash, out var expected) || found != expected)
            throw new InputException(path, $"is not what was ordered: its SHA-256 is {found}, ordered was {expected ?? "nothing"}");

        // A context of its own: names of its types meet nobody else's.
        var context = new AssemblyLoadContext($"proposal {hash[..12]}");
        using var image = new MemoryStream(bytes);
        var types = context.LoadFromStream(image).GetExportedTypes().Where(type => type.IsSubclassOf(typeof(T))).ToList();
        if (types is not [var type]) throw new InputException(path, $"holds {types.Count} public classes that derive from {typeof(T).Name}; expected one");
        try
        {
            return (T)Activator.CreateInstance(type)!;
        }
        catch (TargetInvocationException e)
        {
            throw new InputException(path, $"the constructor of {type.Name} failed: {e.InnerException?.Message}");
        }
    }
}
