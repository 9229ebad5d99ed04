namespace Anneal.Runs.Monitoring.Detectors.Inside;

/// <summary>What a trainer may say of each part of its model.</summary>
internal enum BlockStatistic
{
    /// <summary><c>train/grad_norm/</c>.</summary>
    GradNorm,

    /// <summary><c>train/param_norm/</c>.</summary>
    ParamNorm,

    /// <summary><c>model/act_rms/</c>.</summary>
    ActRms,

    /// <summary><c>model/zero_fraction/</c>.</summary>
    ZeroFraction,

    /// <summary><c>model/max_attn_logit</c>, of the model or of each part.</summary>
    MaxAttentionLogit,

    /// <summary><c>val/loss/</c>.</summary>
    DomainLoss,
}
