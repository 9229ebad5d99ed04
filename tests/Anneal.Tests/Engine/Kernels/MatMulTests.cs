using Anneal.Engine.Kernels;

namespace Anneal.Tests.Engine.Kernels;

public unsafe class MatMulTests
{
    public enum Kind
    {
        NN,
        NT,
        TN,
    }

    public static TheoryData<Kind, int, int, int> Shapes()
    {
        var data = new TheoryData<Kind, int, int, int>();
        int[][] shapes =
        [
            [0, 3, 3], [3, 0, 3], [3, 3, 0], [1, 1, 1], [1, 7, 13], [2, 31, 5], [3, 33, 4], [5, 5, 5], [7, 1, 127], [11, 13, 17], [12, 32, 64], [13, 33, 65],
            [31, 29, 23], [64, 97, 96], [37, 257, 64], [97, 64, 257], [128, 96, 131], [257, 65, 129], [65, 300, 1031], [200, 523, 96], [300, 130, 520],
        ];
        foreach (Kind kind in Enum.GetValues<Kind>())
        {
            foreach (int[] s in shapes) data.Add(kind, s[0], s[1], s[2]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Agrees_with_double_precision_and_keeps_to_its_buffers(Kind kind, int m, int n, int k)
    {
        using var team = new ThreadTeam(2);
        using var problem = new Problem(kind, m, n, k);
        problem.Multiply(accumulate: false, team);
        problem.ShouldAgree(accumulated: false);
        problem.Multiply(accumulate: true, team);
        problem.ShouldAgree(accumulated: true);
    }

    [Theory]
    [InlineData(Kind.NN)]
    [InlineData(Kind.NT)]
    [InlineData(Kind.TN)]
    public void One_and_more_threads_give_the_same_bits(Kind kind)
    {
        int[][] shapes = [[301, 517, 260], [1024, 96, 96], [96, 384, 1024], [97, 257, 64], [700, 1100, 33]];
        foreach (int[] s in shapes)
        {
            using ThreadTeam one = new(1), two = new(2), three = new(3);
            using Problem a = new(kind, s[0], s[1], s[2]), b = new(kind, s[0], s[1], s[2]), c = new(kind, s[0], s[1], s[2]);
            a.Multiply(accumulate: false, one);
            b.Multiply(accumulate: false, two);
            c.Multiply(accumulate: false, three);
            a.C.Span.SequenceEqual(b.C.Span).ShouldBeTrue();
            a.C.Span.SequenceEqual(c.C.Span).ShouldBeTrue();
        }
    }

    [Fact]
    public void Garbage_in_C_is_overwritten_even_when_it_is_not_finite()
    {
        using var team = new ThreadTeam(1);
        using var problem = new Problem(Kind.NN, 13, 37, 5);
        problem.C.Span.Fill(float.NaN);
        problem.Multiply(accumulate: false, team);
        problem.C.Span[..37].ToArray().ShouldAllBe(x => float.IsFinite(x));
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        using var team = new ThreadTeam(2);
        using var problem = new Problem(Kind.TN, 200, 300, 100);
        problem.Multiply(accumulate: false, team);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < 10; call++) problem.Multiply(accumulate: false, team);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    /// <summary>Operands with rows further apart than they are long, as in a packed qkv buffer.</summary>
    private sealed class Problem : IDisposable
    {
        private const int Gap = 3;
        private readonly Kind kind;
        private readonly int m, n, k, lda, ldb, ldc;
        private readonly GuardedBuffer a, b;

        public Problem(Kind kind, int m, int n, int k)
        {
            (this.kind, this.m, this.n, this.k) = (kind, m, n, k);
            lda = (kind == Kind.TN ? m : k) + Gap;
            ldb = (kind == Kind.NT ? k : n) + Gap;
            ldc = n + Gap;
            a = new GuardedBuffer((kind == Kind.TN ? k : m) * lda, 1);
            b = new GuardedBuffer((kind == Kind.NT ? n : k) * ldb, 2);
            C = new GuardedBuffer(m * ldc, 3);
        }

        public GuardedBuffer C { get; }

        public void Multiply(bool accumulate, ThreadTeam team)
        {
            switch (kind)
            {
                case Kind.NN: MatMul.NN(a.Pointer, lda, b.Pointer, ldb, C.Pointer, ldc, m, n, k, accumulate, team); break;
                case Kind.NT: MatMul.NT(a.Pointer, lda, b.Pointer, ldb, C.Pointer, ldc, m, n, k, accumulate, team); break;
                default: MatMul.TN(a.Pointer, lda, b.Pointer, ldb, C.Pointer, ldc, m, n, k, accumulate, team); break;
            }
        }

        public void ShouldAgree(bool accumulated)
        {
            using var untouched = new GuardedBuffer(m * ldc, 3);
            double tolerance = (accumulated ? 2 : 1) * (1e-6 + 4e-7 * Math.Sqrt(k) * Math.Log2(k + 2));
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < ldc; j++)
                {
                    float actual = C.Span[i * ldc + j];
                    if (j >= n)
                    {
                        actual.ShouldBe(untouched.Span[i * ldc + j], $"gap after row {i}");
                        continue;
                    }

                    double exact = 0;
                    for (int p = 0; p < k; p++)
                    {
                        double x = a.Span[kind == Kind.TN ? p * lda + i : i * lda + p], y = b.Span[kind == Kind.NT ? j * ldb + p : p * ldb + j];
                        exact += x * y;
                    }

                    if (accumulated) exact *= 2;
                    if (Math.Abs(actual - exact) > tolerance) actual.ShouldBe((float)exact, tolerance, $"{kind} [{i},{j}] of {m}x{n}x{k}");
                }
            }

            a.GuardsShouldBeUntouched();
            b.GuardsShouldBeUntouched();
            C.GuardsShouldBeUntouched();
        }

        public void Dispose()
        {
            a.Dispose();
            b.Dispose();
            C.Dispose();
        }
    }
}
