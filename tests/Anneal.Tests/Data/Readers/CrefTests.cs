using Anneal.Data.Readers;

namespace Anneal.Tests.Data.Readers;

public class CrefTests
{
    [Theory]
    [InlineData("T:System.Collections.Generic.List`1", "List<T>")]
    [InlineData("T:System.Collections.Generic.Dictionary`2", "Dictionary<T1, T2>")]
    [InlineData("M:System.String.Split(System.Char)", "String.Split")]
    [InlineData("M:System.Collections.BitArray.#ctor(System.Int32)", "BitArray")]
    [InlineData("F:System.Int32.MaxValue", "Int32.MaxValue")]
    [InlineData("M:System.Linq.Enumerable.Select``2(System.Collections.Generic.IEnumerable{``0},System.Func{``0,``1})", "Enumerable.Select")]
    [InlineData("P:System.Collections.Generic.List`1.System#Collections#IList#IsFixedSize", "List<T>.IList.IsFixedSize")]
    [InlineData("Overload:System.Object.Equals", "Object.Equals")]
    [InlineData("N:System.IO", "System.IO")]
    [InlineData("!:Missing", "Missing")]
    [InlineData("", "")]
    public void References_read_as_prose_names_them(string cref, string name) => Cref.InProse(cref).ShouldBe(name);

    [Fact]
    public void Parameter_types_read_as_CSharp_writes_them()
    {
        var list = "System.Int32,System.Collections.Generic.IEnumerable{System.String},`0[],``0@,System.Nullable{System.Boolean},System.Byte*,System.Int32[0:,0:]";
        Cref.ParameterTypes(list, ["TItem"], ["TResult"]).ShouldBe(["int", "IEnumerable<string>", "TItem[]", "ref TResult", "bool?", "byte*", "int[,]"]);
    }
}
