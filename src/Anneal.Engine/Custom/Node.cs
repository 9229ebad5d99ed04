namespace Anneal.Engine.Custom;

/// <summary>A value of a block under construction: [sequences, context, <see cref="Width"/>], one row a token.</summary>
public sealed class Node
{
    internal Node(BlockBuilder owner, int index, string name, int width) => (Owner, Index, Name, Width) = (owner, index, name, width);

    /// <summary>Floats of a row.</summary>
    public int Width { get; }

    /// <summary>What made it, for messages.</summary>
    public string Name { get; }

    internal BlockBuilder Owner { get; }

    internal int Index { get; }
}
