using Anneal.Lab;
using Anneal.Lab.Research.Search;

namespace Anneal.Tests.Lab.Research;

public class KnobSpaceTests
{
    private static readonly KnobSpace Space = new(
    [
        new("lr", KnobType.Float, 1e-4, 1e-1, true, []),
        new("warmup", KnobType.Float, 0, 0.2, false, []),
        new("layers", KnobType.Int, 1, 6, false, []),
        new("kind", KnobType.Choice, 0, 0, false, ["gelu", "relu2", "swiglu"]),
    ], searched: 4);

    [Theory]
    [InlineData(0, "0.001", 1.0 / 3)]
    [InlineData(1, "0.05", 0.25)]
    [InlineData(2, "6", 1)]
    [InlineData(3, "swiglu", 2)]
    public void A_scalar_and_its_place_belong_together(int knob, string scalar, double place)
    {
        Space.Encode(knob, scalar).ShouldBe(place, 1e-9);
        Space.Decode(knob, place).ShouldBe(scalar);
    }

    [Fact]
    public void Snapping_twice_changes_nothing()
    {
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            double[] once = Space.Snap(Space.Draw(random, []));
            Space.Snap(once).ShouldBe(once, 1e-9);
        }
    }

    [Fact]
    public void Choices_have_no_order() => Space.Distance2(3, 0, 1).ShouldBe(Space.Distance2(3, 0, 2));
}
