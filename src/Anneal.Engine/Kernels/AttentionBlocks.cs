using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>How an attention is cut: blocks of queries, in tiles of rows, against panels of keys.</summary>
/// <param name="shape">Sizes, strides and scale.</param>
internal readonly unsafe struct AttentionBlocks<TV>(in AttentionShape shape)
    where TV : unmanaged, ISimd<TV>
{
    private const int TilesInBlock = 8;

    /// <summary>Rows of a register tile.</summary>
    public readonly int Tile = MatMulTile.Height<TV>();

    /// <summary>Columns of a packed panel.</summary>
    public readonly int Panel = 2 * TV.Width;

    /// <summary>D.</summary>
    public readonly int Width = shape.HeadWidth;

    /// <summary>D, rounded up to whole panels.</summary>
    public readonly int WidthInPanels = Up(shape.HeadWidth, 2 * TV.Width);

    /// <summary>T.</summary>
    public readonly int Tokens = shape.Tokens;

    /// <summary>T, rounded up to whole panels: the length of a row of scores.</summary>
    public readonly int TokensInPanels = Up(shape.Tokens, 2 * TV.Width);

    /// <summary>Queries of a block.</summary>
    public int Rows => TilesInBlock * Tile;

    /// <summary>Rounds up to a multiple.</summary>
    [MethodImpl(AggressiveInlining)]
    public static int Up(int length, int unit) => (length + unit - 1) / unit * unit;

    /// <summary>
    /// scores[i - from, j] = rows[i] . keys[j] for the queries of one block and all keys that they may see, whole panels of them.
    /// </summary>
    /// <param name="rows">Query 0 of the head (or its gradient of the output).</param>
    /// <param name="stride">Distance between queries.</param>
    /// <param name="from">First query of the block.</param>
    /// <param name="count">Queries in the block.</param>
    /// <param name="keys">Keys (or values), packed in panels [T / panel, D, panel].</param>
    /// <param name="scores">Destination, rows of <see cref="TokensInPanels"/>.</param>
    /// <param name="ragged">Scratch for the queries of a last, incomplete tile: Tile x D floats.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Scores(float* rows, long stride, int from, int count, float* keys, float* scores, float* ragged)
    {
        int whole = count / Tile * Tile;
        if (whole < count) MatMulPack.AcrossRows(rows + (from + whole) * stride, stride, count - whole, Width, Tile, ragged);
        for (int key = 0; key < from + count; key += Panel)
        {
            float* panel = keys + (long)key * Width;

            // Tiles whose last query comes before the panel's first key see none of it.
            for (int i = Math.Max(0, key - from) / Tile * Tile; i < count; i += Tile)
            {
                float* to = scores + (long)i * TokensInPanels + key;
                int seen = from + i + Tile - key > TV.Width ? Panel : TV.Width;
                if (i < whole)
                    MatMulTile.Multiply<TV, MatMulTile.Apart>(Width, rows + (from + i) * stride, (nint)stride, 1, panel, to, TokensInPanels, Tile, seen, false, null);
                else
                    MatMulTile.Multiply<TV, MatMulTile.Adjacent>(Width, ragged, 1, Tile, panel, to, TokensInPanels, Tile, seen, false, null);
            }
        }
    }

    /// <summary>Length of a query's row that counts: a multiple of the vector's width, above all keys that the query's tile sees.</summary>
    [MethodImpl(AggressiveInlining)]
    public int Seen(int query, int from) => Math.Min(Up(from + (query - from) / Tile * Tile + Tile, TV.Width), TokensInPanels);

    /// <summary>Sets the scores of keys that a query may not see to negative infinity, as far as its tile's keys go, in whole vectors.</summary>
    /// <param name="row">The query's scores.</param>
    /// <param name="query">The query.</param>
    /// <param name="from">First query of its block.</param>
    /// <returns><see cref="Seen"/>.</returns>
    [MethodImpl(AggressiveInlining)]
    public int Mask(float* row, int query, int from)
    {
        int length = Seen(query, from);
        for (int key = (query + 1) / TV.Width * TV.Width; key < length; key += TV.Width)
            TV.IfGreater(TV.Broadcast(query + 0.5f - key), TV.Indices, TV.Load(row + key), TV.Broadcast(float.NegativeInfinity)).Store(row + key);
        return length;
    }

    /// <summary>to[i, :] = weights[i, :] . panels for the queries of a block, each tile over the keys that it sees.</summary>
    /// <param name="weights">Probabilities (or gradients of scores) of the block, zero where masked.</param>
    /// <param name="from">First query of the block.</param>
    /// <param name="count">Queries in the block.</param>
    /// <param name="panels">Values (or keys), packed in panels of columns [D / panel, T, panel].</param>
    /// <param name="to">Query 0 of the destination.</param>
    /// <param name="stride">Distance between queries of the destination.</param>
    /// <param name="edge">Scratch of a register tile.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Gather(float* weights, int from, int count, float* panels, float* to, long stride, float* edge)
    {
        for (int column = 0; column < Width; column += Panel)
        {
            for (int i = 0; i < count; i += Tile)
            {
                int keys = Math.Min(from + i + Tile, Tokens);
                MatMulTile.Multiply<TV, MatMulTile.Apart>(
                    keys, weights + (long)i * TokensInPanels, TokensInPanels, 1, panels + (long)column * Tokens, to + (from + i) * stride + column,
                    (nint)stride, Math.Min(Tile, count - i), Math.Min(Panel, Width - column), false, edge);
            }
        }
    }

    /// <summary>to[j, :] += sum over the queries i of a block of weights[i, j] rows[i, :], for all keys j that the block sees.</summary>
    /// <param name="weights">Probabilities (or gradients of scores) of the block, zero where masked.</param>
    /// <param name="from">First query of the block.</param>
    /// <param name="count">Queries in the block.</param>
    /// <param name="panels">Gradients of the output (or queries) of the block, packed in panels of columns [D / panel, count, panel].</param>
    /// <param name="to">Key 0 of the destination.</param>
    /// <param name="stride">Distance between keys of the destination.</param>
    /// <param name="first">This is the first query head of the group, so that keys from <paramref name="from"/> on hold no sum yet.</param>
    /// <param name="edge">Scratch of a register tile.</param>
    [MethodImpl(AggressiveOptimization)]
    public void Scatter(float* weights, int from, int count, float* panels, float* to, long stride, bool first, float* edge)
    {
        for (int column = 0; column < Width; column += Panel)
        {
            for (int key = 0; key < from + count; key += Tile)
            {
                // Queries before the key do not see it. Keys and blocks are cut in the same tiles.
                int skip = Math.Max(0, key - from);
                MatMulTile.Multiply<TV, MatMulTile.Adjacent>(
                    count - skip, weights + (long)skip * TokensInPanels + key, 1, TokensInPanels, panels + ((long)column * count + skip * Panel),
                    to + key * stride + column, (nint)stride, Math.Min(Tile, from + count - key), Math.Min(Panel, Width - column),
                    !first || key < from, edge);
            }
        }
    }
}
