using Anneal.Lab.Research.Search;

namespace Anneal.Tests.Lab.Research;

public class CholeskyTests
{
    [Fact]
    public void Solves_a_system_and_knows_its_determinant()
    {
        var factor = Cholesky.Factor([[4], [2, 5], [0.5, 1, 3]]).ShouldNotBeNull();
        double[] x = factor.Backward(factor.Forward([1, 2, 3]));
        (4 * x[0] + 2 * x[1] + 0.5 * x[2]).ShouldBe(1, 1e-12);
        (2 * x[0] + 5 * x[1] + 1 * x[2]).ShouldBe(2, 1e-12);
        (0.5 * x[0] + 1 * x[1] + 3 * x[2]).ShouldBe(3, 1e-12);
        Math.Exp(2 * factor.HalfLogDeterminant).ShouldBe(4 * (5 * 3 - 1) - 2 * (2 * 3 - 0.5) + 0.5 * (2 - 2.5), 1e-9);
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_has_no_factor() => Cholesky.Factor([[1], [2, 1]]).ShouldBeNull();
}
