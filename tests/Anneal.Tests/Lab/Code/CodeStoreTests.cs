using Anneal.Lab.Code;
using Anneal.Runs;

namespace Anneal.Tests.Lab.Code;

public sealed class CodeStoreTests : IDisposable
{
    private readonly string lab = Directory.CreateTempSubdirectory("anneal-code-").FullName;

    public void Dispose() => Directory.Delete(lab, recursive: true);

    [Fact]
    public void A_source_is_kept_under_its_hash_and_its_assembly_beside_it()
    {
        var compiled = new CodeStore(lab).Add(new(CodeKind.Block, Sources.Block));
        var found = new CodeStore(lab).Find(CodeKind.Block, compiled.Hash).ShouldNotBeNull();
        File.ReadAllText(found.SourcePath).ShouldBe(Sources.Block);
        File.ReadAllBytes(found.AssemblyPath).ShouldBe(compiled.Assembly);
        found.AssemblyPath.ShouldBe(Path.Combine(lab, "code", compiled.Hash + ".dll"));
        new CodeStore(lab).Find(CodeKind.Block, new string('0', 64)).ShouldBeNull();
        Directory.GetFiles(Path.Combine(lab, "code")).Length.ShouldBe(2);
    }

    [Fact]
    public void A_missing_or_changed_assembly_is_compiled_again()
    {
        var compiled = new CodeStore(lab).Add(new(CodeKind.Loss, Sources.Loss));
        var path = Path.Combine(lab, "code", compiled.Hash + ".dll");
        File.Delete(path);
        new CodeStore(lab).Find(CodeKind.Loss, compiled.Hash);
        File.ReadAllBytes(path).ShouldBe(compiled.Assembly);
        File.WriteAllText(path, "something else");
        new CodeStore(lab).Find(CodeKind.Loss, compiled.Hash);
        File.ReadAllBytes(path).ShouldBe(compiled.Assembly);
    }

    [Fact]
    public void A_changed_source_and_a_source_of_another_kind_are_refused()
    {
        var store = new CodeStore(lab);
        var compiled = store.Add(new(CodeKind.Schedule, Sources.Schedule));
        Should.Throw<InputException>(() => store.Find(CodeKind.Loss, compiled.Hash)).Message.ShouldContain("derives from");
        File.AppendAllText(Path.Combine(lab, "code", compiled.Hash + ".cs"), " ");
        Should.Throw<InputException>(() => store.Find(CodeKind.Schedule, compiled.Hash)).Message.ShouldContain("was changed");
        store.Add(new(CodeKind.Schedule, "class")).IsSound.ShouldBeFalse();
        Directory.GetFiles(Path.Combine(lab, "code"), "*.cs").Length.ShouldBe(1);
    }
}
