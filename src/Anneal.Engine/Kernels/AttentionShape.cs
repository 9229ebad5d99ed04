namespace Anneal.Engine.Kernels;

/// <summary>
/// Shape of a causal attention: queries and outputs [B, T, H, D], keys and values [B, T, KvHeads, D]. A stride is the distance between
/// neighbouring tokens in floats, so that q, k and v may lie in one packed buffer; heads of a token are adjacent (distance D).
/// </summary>
/// <param name="Batch">B, sequences.</param>
/// <param name="Tokens">T, tokens of a sequence.</param>
/// <param name="Heads">H, query heads.</param>
/// <param name="KvHeads">Key and value heads; divides <paramref name="Heads"/>. Query head h reads key head h / (Heads / KvHeads).</param>
/// <param name="HeadWidth">D, floats of a head; 1 or more.</param>
/// <param name="QueryStride">Distance between tokens of q and of its gradient.</param>
/// <param name="KeyStride">Distance between tokens of k and of its gradient.</param>
/// <param name="ValueStride">Distance between tokens of v and of its gradient.</param>
/// <param name="OutputStride">Distance between tokens of o and of its gradient.</param>
/// <param name="Scale">Factor on the dot products, usually 1 / sqrt(D).</param>
public readonly record struct AttentionShape(
    int Batch,
    int Tokens,
    int Heads,
    int KvHeads,
    int HeadWidth,
    int QueryStride,
    int KeyStride,
    int ValueStride,
    int OutputStride,
    float Scale);
