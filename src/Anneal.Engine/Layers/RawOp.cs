using Anneal.Engine.Autograd;
using Anneal.Engine.Custom;

namespace Anneal.Engine.Layers;

/// <summary>Runs an operator that a proposal brought, forward and backward over spans.</summary>
internal sealed class RawOp : Op
{
    private readonly CustomOp custom;
    private readonly Tensor[] inputs; // [N, width]
    private readonly Tensor[] parameters;
    private readonly Tensor? saved; // [N, saved]
    private readonly List<TensorUse> uses = [];
    private readonly FlopMeter meter;
    private LinearAlgebra? math;

    public RawOp(string name, CustomOp custom, Tensor[] inputs, Tensor[] parameters, int width, int savedWidth, int sequences, int context, FlopMeter meter)
        : base(name)
    {
        (this.custom, this.inputs, this.parameters, this.meter, Sequences, Context) = (custom, inputs, parameters, meter, sequences, context);
        Y = new(name, inputs[0].Rows, width);
        foreach (var input in inputs) uses.Add(Input(input, saved: true));
        Output(Y, saved: true);
        if (savedWidth == 0) return;
        saved = new(name + ".saved", inputs[0].Rows, savedWidth);
        Statistic(saved);
    }

    public Tensor Y { get; }

    public int Sequences { get; }

    public int Context { get; }

    public LinearAlgebra Math => math ??= new(Team, meter);

    public Span<float> SavedValues => saved is null ? [] : saved.Values;

    /// <summary>Inputs and parameters, for the check of the derivative.</summary>
    public IEnumerable<Tensor> Sources => inputs.Concat(parameters);

    public int InputCount => inputs.Length;

    private double Elements => inputs.Sum(input => (double)input.Length) + Y.Length;

    public override double ForwardFlops => custom.ChargePerElement * Elements;

    public override double BackwardFlops => 2 * ForwardFlops;

    public Tensor InputAt(int index) => At(inputs, index, "inputs");

    public Tensor ParameterAt(int index) => At(parameters, index, "parameters");

    public override void Forward() => custom.Forward(new(this));

    public override void Backward()
    {
        foreach (var use in uses)
            if (!use.Accumulate) use.Tensor.Grads.Clear();
        BackwardAdding();
    }

    /// <summary>Adds to all gradients as they are.</summary>
    public void BackwardAdding() => custom.Backward(new(this));

    private Tensor At(Tensor[] tensors, int index, string what) =>
        (uint)index < (uint)tensors.Length ? tensors[index] : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Name} has {tensors.Length} {what}");
}
