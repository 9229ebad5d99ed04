using Anneal.Lab.Evidence;

namespace Anneal.Lab.Research;

/// <summary>A normal belief about an effect, in units of the objective.</summary>
/// <param name="Mean">Expected effect.</param>
/// <param name="Sd">Its standard deviation.</param>
internal readonly record struct Belief(double Mean, double Sd)
{
    /// <summary>Belief about an idea: it gains g with probability p, otherwise it loses a quarter of g; each give or take g/2.</summary>
    public static Belief OfIdea(double probability, double gain)
    {
        double lose = -gain / 4, mean = probability * gain + (1 - probability) * lose;
        double between = probability * (1 - probability) * (gain - lose) * (gain - lose);
        return new(mean, Math.Sqrt(between + gain * gain / 4));
    }

    /// <summary>Adds what data taught a model: its posterior divided by its own zero-mean prior is the data's likelihood.</summary>
    public Belief Learn(double posteriorMean, double posteriorSd, double priorSd)
    {
        double before = 1 / (Sd * Sd), learned = 1 / (posteriorSd * posteriorSd) - 1 / (priorSd * priorSd);
        if (!(priorSd > 0) || !(learned > 1e-9 * before)) return this;
        double precision = before + learned;
        return new((Mean * before + posteriorMean / (posteriorSd * posteriorSd)) / precision, 1 / Math.Sqrt(precision));
    }

    /// <summary>Expected part of the effect above <paramref name="useful"/>.</summary>
    public double Improvement(double useful)
    {
        double z = (Mean - useful) / Sd;
        return Sd * (z * Normal.Cdf(z) + Normal.Density(z));
    }
}
