using Anneal.Engine.Tensors;

namespace Anneal.Engine.Autograd;

/// <summary>
/// Places every value and gradient of a graph in one arena, so that two share memory only if their lives do not overlap.
/// Time runs over the ops forward (0 to n-1), then backward (n to 2n-1). Largest first, each at the lowest free offset.
/// </summary>
internal sealed unsafe class ArenaPlan
{
    private const long Alignment = 16; // floats: one cache line

    private readonly Dictionary<Tensor, Life> values = [];
    private readonly Dictionary<Tensor, Life> grads = [];

    public ArenaPlan(IReadOnlyList<Op> ops, bool training)
    {
        for (var i = 0; i < ops.Count; i++)
        {
            var backward = 2 * ops.Count - 1 - i;
            foreach (var use in ops[i].Uses)
            {
                if (use.Role == TensorRole.Scratch)
                {
                    Extend(values, use.Tensor, use.Tensor, use.Saved ? backward : i);
                    continue;
                }

                var value = Extend(values, use.Tensor, use.Tensor, i);
                if (!training) continue;
                if (use.Saved) value.Last = Math.Max(value.Last, backward);
                if (use.Role == TensorRole.Statistic) continue;

                var grad = Extend(grads, use.Tensor, GradOwner(use.Tensor), backward);
                if (use.Role == TensorRole.LossInput) grad.First = Math.Min(grad.First, i);
            }
        }

        Length = Place([.. values.Values.Concat(grads.Values).Distinct()]);
    }

    /// <summary>Floats needed.</summary>
    public long Length { get; }

    public void Bind(NativeBuffer arena)
    {
        foreach (var (tensor, life) in values) tensor.Value = arena.Pointer + life.Offset;
        foreach (var (tensor, life) in grads) tensor.Grad = arena.Pointer + life.Offset;
    }

    private static Tensor GradOwner(Tensor tensor)
    {
        while (tensor.GradSharedWith is { } owner) tensor = owner;
        return tensor;
    }

    private static Life Extend(Dictionary<Tensor, Life> lives, Tensor tensor, Tensor owner, int time)
    {
        if (!lives.TryGetValue(owner, out var life)) lives.Add(owner, life = new Life(owner.Length, time));
        lives[tensor] = life;
        life.First = Math.Min(life.First, time);
        life.Last = Math.Max(life.Last, time);
        return life;
    }

    private static long Place(List<Life> lives)
    {
        var placed = new List<Life>();
        long end = 0;
        foreach (var life in lives.OrderByDescending(life => life.Length).ThenBy(life => life.First))
        {
            long offset = 0;
            foreach (var other in placed) // in order of offset
            {
                if (other.Last < life.First || life.Last < other.First) continue;
                if (offset + life.Length <= other.Offset) break;
                offset = Math.Max(offset, other.Offset + other.Length);
            }

            life.Offset = offset;
            placed.Insert(placed.FindLastIndex(other => other.Offset <= offset) + 1, life);
            end = Math.Max(end, offset + life.Length);
        }

        return end;
    }

    private sealed class Life(long length, int time)
    {
        public long Length { get; } = (length + Alignment - 1) / Alignment * Alignment;

        public int First { get; set; } = time;

        public int Last { get; set; } = time;

        public long Offset { get; set; }
    }
}
