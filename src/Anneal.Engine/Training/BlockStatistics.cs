namespace Anneal.Engine.Training;

/// <summary>Health of one part of the model.</summary>
/// <param name="Block"><c>embedding</c>, <c>block.0</c> to <c>block.n</c>, <c>head</c>.</param>
/// <param name="GradNorm">L2 norm of the last step's gradient, before clipping.</param>
/// <param name="ParamNorm">L2 norm of the parameters.</param>
/// <param name="ActRms">Root mean square of the residual stream after the block; NaN for embedding and head.</param>
/// <param name="ZeroFraction">Share of the MLP's activations that are exactly zero; NaN for embedding and head.</param>
/// <param name="MaxAttentionLogit">Largest scaled query-key product in the micro-batch's first sequence; NaN for embedding and head.</param>
public sealed record BlockStatistics(
    string Block, double GradNorm, double ParamNorm, double ActRms, double ZeroFraction, double MaxAttentionLogit);
