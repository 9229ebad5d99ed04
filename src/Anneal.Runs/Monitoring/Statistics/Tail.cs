namespace Anneal.Runs.Monitoring.Statistics;

/// <summary>
/// How heavy one tail of a signal's noise is, as the degrees of freedom of the Student t whose tail looks the same: Hill's
/// estimator over what lies beyond two sigmas, with a prior in place of what was not heard yet.
/// </summary>
internal struct Tail()
{
    // Beyond this many sigmas a value tells no more: one fault must not make the run's noise look like Cauchy's.
    private const double Beyond = 2, Most = 6;
    // Prior: twelve values of a Student t with 10 degrees of freedom. Memory: about the last 60 values beyond.
    private const double PriorCount = 12, Memory = 1.0 / 60;
    // Mean of ln(t / 2) beyond 2 robust sigmas for Student's t: 0.16 + 0.69 / degrees, by simulation within 3% from 3 degrees up.
    private const double OfNormal = 0.16, OfDegrees = 0.69, PriorHill = OfNormal + OfDegrees / 10;

    private double hill = PriorHill;
    private double count = PriorCount;

    /// <summary>1.5 (nearly Cauchy) to 60 (normal).</summary>
    public double Degrees { get; private set; } = 10;

    /// <summary>Takes in a value of this side.</summary>
    /// <param name="size">In sigmas, positive.</param>
    public void Learn(double size)
    {
        if (size <= Beyond) return;
        count = Math.Min(count + 1, 1 / Memory);
        hill += (Math.Log(Math.Min(size, Most) / Beyond) - hill) / count;
        Degrees = Math.Clamp(OfDegrees / Math.Max(hill - OfNormal, 1e-3), 1.5, 60);
    }
}
