using Anneal.Lab.Code;

namespace Anneal.Tests.Lab.Code;

public class CodeScreenTests
{
    [Theory]
    [InlineData("System.IO.File.ReadAllText(\"/etc/passwd\");", "System.IO.File", "no files")]
    [InlineData("new System.Net.Sockets.Socket(default, default, default);", "Net", "")]
    [InlineData("typeof(string).Assembly.GetTypes();", "System.Type", "without reflection")]
    [InlineData("this.GetType();", "System.Type", "without reflection")]
    [InlineData("System.Activator.CreateInstance<List<int>>();", "System.Activator", "without reflection")]
    [InlineData("Func<int> f = () => 1; var m = f.Method;", "System.Reflection.MethodInfo", "without reflection")]
    [InlineData("System.Environment.Exit(0);", "System.Environment", "the recipe")]
    [InlineData("System.Environment.GetEnvironmentVariable(\"KEY\");", "System.Environment", "the recipe")]
    [InlineData("new System.Threading.Thread(() => { }).Start();", "System.Threading.Thread", "one thread")]
    [InlineData("System.Threading.Tasks.Task.Run(() => 1);", "System.Threading.Tasks.Task", "one thread")]
    [InlineData("System.Threading.Tasks.Parallel.For(0, 2, i => { });", "Parallel", "")]
    [InlineData("Console.WriteLine(1);", "Console", "")]
    [InlineData("System.GC.Collect();", "System.GC", "scratch memory")]
    [InlineData("new System.Random().Next();", "System.Random", "bit for bit")]
    [InlineData("var t = DateTime.UtcNow;", "System.DateTime", "no clock")]
    [InlineData("System.Diagnostics.Stopwatch.GetTimestamp();", "System.Diagnostics.Stopwatch", "no clock")]
    [InlineData("System.Diagnostics.Process.Start(\"sh\");", "Process", "")]
    [InlineData("Guid.NewGuid();", "System.Guid", "bit for bit")]
    [InlineData("\"a\".GetHashCode();", "GetHashCode", "process to process")]
    [InlineData("HashCode.Combine(1, 2);", "System.HashCode", "bit for bit")]
    [InlineData("System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref steps, 100);", "MemoryMarshal", "check their bounds")]
    [InlineData("System.Runtime.CompilerServices.Unsafe.As<long, double>(ref step);", "Unsafe", "check their bounds")]
    [InlineData("System.Runtime.Intrinsics.Vector512.Create(1f);", "Vector512", "VectorMath")]
    [InlineData("System.AppDomain.CurrentDomain.GetAssemblies();", "System.AppDomain", "its process")]
    [InlineData("AppContext.GetData(\"X\");", "System.AppContext", "its process")]
    [InlineData("Anneal.Engine.Shards.Shard.Open(\"train.bin\");", "Anneal.Engine.Shards.Shard", "Anneal.Engine.Custom")]
    [InlineData("new Anneal.Engine.Tensors.NativeBuffer(1);", "NativeBuffer", "Anneal.Engine.Custom")]
    [InlineData("Anneal.Engine.Training.Checkpoint.LoadModel(\"x\");", "Checkpoint", "Anneal.Engine.Custom")]
    [InlineData("var v = Vector.LoadUnsafe(ref step, 1000);", "Vector.LoadUnsafe", "does not check bounds")]
    [InlineData("Vector<long>.One.StoreUnsafe(ref step, 1000);", "StoreUnsafe", "does not check bounds")]
    [InlineData("var all = new List<Type>();", "System.Type", "without reflection")]
    [InlineData("var t = new Exception().TargetSite;", "System.Reflection", "without reflection")]
    [InlineData("Func<int> f = () => 1; f.DynamicInvoke();", "System.Delegate", "without reflection")]
    [InlineData("new Named(\"a\").GetHashCode();", "GetHashCode", "process to process")]
    [InlineData("dynamic d = 1; d.Foo();", "dynamic", "write the type")]
    [InlineData("unsafe { int x; }", "unsafe", "spans")]
    [InlineData("Span<int> big = stackalloc int[1000000];", "stackalloc", "4096")]
    [InlineData("Span<int> big = stackalloc int[(int)step];", "stackalloc", "4096")]
    [InlineData("lock (this) { }", "lock", "one thread")]
    [InlineData("try { } catch (System.Threading.ThreadAbortException) { }", "ThreadAbortException", "one thread")]
    public void A_forbidden_name_gets_an_error_that_teaches(string statement, string name, string instead)
    {
        var compiled = CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate(statement + "\nreturn 1;", "private sealed record Named(string Name);")));
        compiled.IsSound.ShouldBeFalse();
        compiled.Assembly.ShouldBeEmpty();
        var problem = compiled.Problems[0];
        problem.Line.ShouldBe(3);
        problem.Message.ShouldContain(name);
        problem.Message.ShouldContain(instead);
    }

    [Theory]
    [InlineData("private static int calls;", "static state")]
    [InlineData("private static readonly float[] table = [1, 2];", "ReadOnlySpan<float>")]
    [InlineData("private static int Calls { get; set; }", "static state")]
    [InlineData("static Mine() { }", "static constructor")]
    [InlineData("~Mine() { }", "finalizer")]
    [InlineData("private event Action Done;", "event")]
    [InlineData("[System.Runtime.CompilerServices.ModuleInitializer] internal static void Start() { }", "attribute")]
    [InlineData("[System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Method)] private static extern void X(CustomSchedule s);", "attribute")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"c\")] private static extern int getpid();", "attribute")]
    [InlineData("private volatile int x;", "volatile")]
    [InlineData("[System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.Synchronized)] private void X() { }", "AggressiveInlining")]
    [InlineData("[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)] private struct Union { }", "attribute")]
    [InlineData("private async void X() { }", "async")]
    [InlineData("private unsafe int* p;", "unsafe")]
    [InlineData("private System.IO.Stream stream;", "no files")]
    [InlineData("private System.Threading.Tasks.Task X() => null;", "one thread")]
    [InlineData("private sealed class Inner : System.Threading.SynchronizationContext { }", "one thread")]
    public void A_forbidden_member_gets_an_error_that_teaches(string member, string says)
    {
        var compiled = CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate("return 1;", member)));
        compiled.IsSound.ShouldBeFalse();
        string.Join('\n', compiled.Problems).ShouldContain(says);
    }

    [Theory]
    [InlineData("#if DEBUG\n#endif\n", "directive")]
    [InlineData("#pragma warning disable\n", "directive")]
    [InlineData("#line 200 \"x\"\n", "directive")]
    [InlineData("#nullable enable\n", "directive")]
    [InlineData("#r \"x.dll\"\n", "directive")]
    [InlineData("#load \"x.csx\"\n", "directive")]
    [InlineData("#!/bin/sh\n", "directive")]
    [InlineData("#:package X\n", "directive")]
    [InlineData("System.Math.Abs(1);\n", "outside any class")]
    [InlineData("[assembly: System.Reflection.AssemblyVersion(\"1.0\")]\n", "assembly")]
    [InlineData("extern alias x;\n", "extern")]
    [InlineData("global using System.IO;\n", "global using")]
    [InlineData("public sealed class Other : CustomSchedule { public override double Rate(long step, long steps) => 1; }\n", "exactly one")]
    public void A_forbidden_form_gets_an_error_that_teaches(string before, string says)
    {
        var compiled = CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate("return 1;", before: before)));
        compiled.IsSound.ShouldBeFalse();
        string.Join('\n', compiled.Problems).ShouldContain(says);
    }

    [Theory]
    [InlineData("public class Mine : CustomSchedule { public override double Rate(long step, long steps) => 1; }", "sealed")]
    [InlineData("internal sealed class Mine : CustomSchedule { public override double Rate(long step, long steps) => 1; }", "exactly one")]
    [InlineData("public sealed class Mine(int x) : CustomSchedule { public override double Rate(long step, long steps) => x; }", "without parameters")]
    [InlineData("public sealed class Mine<T> : CustomSchedule { public override double Rate(long step, long steps) => 1; }", "generic")]
    [InlineData("public sealed class Mine { }", "CustomSchedule")]
    [InlineData("public sealed class Mine : CustomLoss { public override double Row(Span<float> logits, int target) => 1; }", "CustomSchedule")]
    [InlineData("namespace Anneal.Engine.Custom { public abstract class CustomSchedule { } public sealed class Mine : CustomSchedule { } }", "exactly one")]
    public void A_part_must_be_one_public_sealed_class_of_its_kind(string source, string says)
    {
        var compiled = CodeCompiler.Compile(new(CodeKind.Schedule, source));
        compiled.IsSound.ShouldBeFalse();
        string.Join('\n', compiled.Problems).ShouldContain(says);
    }

    [Fact]
    public void A_using_of_a_forbidden_namespace_is_harmless_until_it_is_used()
    {
        CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate("return 1;", before: "using System.Threading;\n"))).Problems.ShouldBeEmpty();
        CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate("return Environment.TickCount;", before: "using E = System.Environment;\n"))).Problems.ShouldNotBeEmpty();
        CodeCompiler.Compile(new(CodeKind.Schedule, Sources.Rate("return E.TickCount;", before: "using E = System.Environment;\n"))).Problems[0].Message.ShouldContain("System.Environment");
    }
}
