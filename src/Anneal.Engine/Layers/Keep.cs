using Anneal.Engine.Autograd;

namespace Anneal.Engine.Layers;

/// <summary>Computes nothing: keeps a value in memory until backward, for the statistics of blocks.</summary>
internal sealed class Keep : Op
{
    public Keep(Tensor x)
        : base(x.Name + ".keep") => Statistic(x);

    public override void Forward()
    {
    }

    public override void Backward()
    {
    }
}
