using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>
/// Matrix products of row-major float matrices: C[m,n] = A[m,k] B[k,n], C += with <c>accumulate</c>. The leading dimension (lda, ldb, ldc)
/// is the distance between rows, in floats. The three letters of a name say how A and B are stored: N as in the formula, T transposed.
/// </summary>
public static unsafe class MatMul
{
    /// <summary>C = A B, with A stored [m,k] and B stored [k,n].</summary>
    public static void NN(float* a, int lda, float* b, int ldb, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team) =>
        Product(new(a, lda, false), new(b, ldb, false), c, ldc, m, n, k, accumulate, team);

    /// <summary>C = A B^T, with A stored [m,k] and B stored [n,k].</summary>
    public static void NT(float* a, int lda, float* b, int ldb, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team) =>
        Product(new(a, lda, false), new(b, ldb, true), c, ldc, m, n, k, accumulate, team);

    /// <summary>C = A^T B, with A stored [k,m] and B stored [k,n].</summary>
    public static void TN(float* a, int lda, float* b, int ldb, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team) =>
        Product(new(a, lda, true), new(b, ldb, false), c, ldc, m, n, k, accumulate, team);

    private static void Product(Operand a, Operand b, float* c, int ldc, int m, int n, int k, bool accumulate, ThreadTeam team)
    {
        var job = new Rows(a, b, c, ldc, m, n, k, accumulate);
        team.Run((m + 31) / 32, ref job);
    }

    private readonly record struct Operand(nint Address, int Stride, bool Transposed)
    {
        public Operand(float* p, int stride, bool transposed)
            : this((nint)p, stride, transposed)
        {
        }

        public float this[int row, int column] => ((float*)Address)[Transposed ? (long)column * Stride + row : (long)row * Stride + column];
    }

    private readonly struct Rows(Operand a, Operand b, float* c, int ldc, int m, int n, int k, bool accumulate) : IParallelJob
    {
        [MethodImpl(AggressiveOptimization)]
        public void Part(int part, int worker)
        {
            for (int i = part * 32; i < Math.Min(m, part * 32 + 32); i++)
            {
                float* row = c + (long)i * ldc;
                if (!accumulate) new Span<float>(row, n).Clear();
                for (int p = 0; p < k; p++)
                {
                    float x = a[i, p];
                    for (int j = 0; j < n; j++) row[j] += x * b[p, j];
                }
            }
        }
    }
}
