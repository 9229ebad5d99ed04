using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Anneal.Engine.Kernels;

/// <summary>
/// Packs a block of a matrix into panels: panel i holds lines i * width to i * width + width - 1 (rows of A or columns of B), step by step,
/// [k, width], so that a register tile reads memory in one forward stream. Missing lines of the last panel are zeros.
/// </summary>
internal static unsafe class MatMulPack
{
    // Steps that are packed for all panels before the next ones: a few streams of whole cache lines in, short runs out.
    private const int StepsAtOnce = 16;

    /// <summary>Packs lines that lie along the rows of the source: source[step * stride + line].</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void AlongRows<TV>(float* source, long stride, int lines, int k, int width, float* panel)
        where TV : unmanaged, ISimd<TV>
    {
        int whole = lines / width * width;
        for (int step = 0; step < k; step += StepsAtOnce)
        {
            int steps = Math.Min(StepsAtOnce, k - step);
            float* to = panel + step * width;
            for (int line = 0; line < whole; line += width, to += (long)k * width)
            {
                float* from = source + step * stride + line;
                if (width == 2 * TV.Width)
                {
                    for (int p = 0; p < steps; p++, from += stride)
                    {
                        TV.Load(from).Store(to + p * width);
                        TV.Load(from + TV.Width).Store(to + p * width + TV.Width);
                    }
                }
                else
                {
                    for (int p = 0; p < steps; p++, from += stride) Copy(from, to + p * width, width);
                }
            }
        }

        if (whole == lines) return;
        float* last = panel + (long)whole * k;
        new Span<float>(last, k * width).Clear();
        for (int p = 0; p < k; p++) Copy(source + p * stride + whole, last + p * width, lines - whole);
    }

    /// <summary>Packs lines that are the rows of the source: source[line * stride + step].</summary>
    [MethodImpl(AggressiveOptimization)]
    public static void AcrossRows(float* source, long stride, int lines, int k, int width, float* panel)
    {
        for (int line = 0; line < lines; line += width, panel += (long)k * width)
        {
            int i = 0, present = Math.Min(width, lines - line);
            for (; i <= present - 4; i += 4)
            {
                float* from = source + (line + i) * stride, to = panel + i;
                int p = 0;
                for (; p <= k - 4; p += 4, from += 4, to += 4 * width)
                {
                    Transpose(from, stride, to, width);
                }

                for (; p < k; p++, from++, to += width)
                {
                    for (int r = 0; r < 4; r++) to[r] = from[r * stride];
                }
            }

            for (; i < width; i++)
            {
                for (int p = 0; p < k; p++) panel[p * width + i] = i < present ? source[(line + i) * stride + p] : 0;
            }
        }
    }

    // A few floats: not worth a call.
    [MethodImpl(AggressiveInlining)]
    private static void Copy(float* from, float* to, int length)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= length - 8; i += 8) Vector256.Load(from + i).Store(to + i);
        }

        for (; i <= length - 4; i += 4) Vector128.Load(from + i).Store(to + i);
        for (; i < length; i++) to[i] = from[i];
    }

    // A 4 x 4 block: pairs of rows interleaved twice.
    [MethodImpl(AggressiveInlining)]
    private static void Transpose(float* from, long stride, float* to, long width)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + stride), c = Vector128.Load(from + 2 * stride), d = Vector128.Load(from + 3 * stride);
        Vector128<float> acLow = Low(a, c), acHigh = High(a, c), bdLow = Low(b, d), bdHigh = High(b, d);
        Low(acLow, bdLow).Store(to);
        High(acLow, bdLow).Store(to + width);
        Low(acHigh, bdHigh).Store(to + 2 * width);
        High(acHigh, bdHigh).Store(to + 3 * width);
    }

    // x0 y0 x1 y1
    [MethodImpl(AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> x, Vector128<float> y) =>
        System.Runtime.Intrinsics.X86.Sse.IsSupported ? System.Runtime.Intrinsics.X86.Sse.UnpackLow(x, y)
        : System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.ZipLow(x, y)
        : Vector128.Create(x[0], y[0], x[1], y[1]);

    // x2 y2 x3 y3
    [MethodImpl(AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> x, Vector128<float> y) =>
        System.Runtime.Intrinsics.X86.Sse.IsSupported ? System.Runtime.Intrinsics.X86.Sse.UnpackHigh(x, y)
        : System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported ? System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.ZipHigh(x, y)
        : Vector128.Create(x[2], y[2], x[3], y[3]);
}
