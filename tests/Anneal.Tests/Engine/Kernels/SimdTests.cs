using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Anneal.Engine.Kernels;

namespace Anneal.Tests.Engine.Kernels;

/// <summary>The choice of the vector width, and the kernels' tests again under each width that can be forced.</summary>
public class SimdTests
{
    private const string Forced = "ANNEAL_TEST_SIMD_LEVEL";

    // Classes that the child runs; all of them go through Simd.Level.
    private static readonly string[] Classes =
        [typeof(MatMulTests).FullName!, typeof(CausalAttentionTests).FullName!, typeof(SimdMathTests).FullName!, typeof(LoopsTests).FullName!,
         typeof(Layers.NormTests).FullName!, typeof(Layers.ElementwiseTests).FullName!, typeof(Layers.ProjectionTests).FullName!,
         typeof(Optimizers.OptimizerTests).FullName!, typeof(Models.GoldenTests).FullName!];

    public static TheoryData<string, SimdLevel> Forcings() => new()
    {
        { "DOTNET_EnableAVX512", SimdLevel.Vector256 },
        { "DOTNET_EnableAVX2", SimdLevel.Vector128 },
        { "DOTNET_EnableHWIntrinsic", SimdLevel.Scalar },
    };

    [Fact]
    public void The_level_is_what_the_parent_process_forced() =>
        Simd.Level.ToString().ShouldBe(Environment.GetEnvironmentVariable(Forced) ?? Simd.Level.ToString());

    [Theory]
    [MemberData(nameof(Forcings))]
    public async Task The_kernels_are_right_under_every_forced_instruction_set(string variable, SimdLevel level)
    {
        if (!Avx2.IsSupported) Assert.Skip("needs an x86 processor with AVX2; variables that switch instruction sets off are x86's");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet") start.ArgumentList.Add(typeof(SimdTests).Assembly.Location);
        foreach (string name in Classes) AddAll("-method", $"{name}.*");
        AddAll("-method", $"{typeof(SimdTests).FullName}.{nameof(The_level_is_what_the_parent_process_forced)}");
        AddAll("-noLogo", "-parallel", "none");
        start.Environment[variable] = "0";
        start.Environment[Forced] = level.ToString();
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        child.ExitCode.ShouldBe(0, output + await errors);
        output.ShouldContain("Failed: 0");

        void AddAll(params string[] arguments)
        {
            foreach (string argument in arguments) start.ArgumentList.Add(argument);
        }
    }
}
