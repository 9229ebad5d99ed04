using Anneal.Lab.Providers;
using Anneal.Lab.Research.Tools;

namespace Anneal.Tests.Lab.Research.Tools;

public class QueryToolTests
{
    private readonly ToolFixture fixture = new();

    [Fact]
    public void A_select_answers_with_a_small_table()
    {
        var text = Query("SELECT number, verdict, effect FROM findings ORDER BY number").Text;
        text.ShouldContain("number | verdict | effect\n1 | rejected | 0.05\n2 | inconclusive | 0.02\n");
        Query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n").Text.ShouldContain("15");
        Query("SELECT study, verdict, change FROM earlier").Text.ShouldContain("older | rejected | model.layers=6");
    }

    [Theory]
    [InlineData("INSERT INTO findings (number) VALUES (7)")]
    [InlineData("UPDATE findings SET verdict = 'confirmed'")]
    [InlineData("DELETE FROM findings")]
    [InlineData("DROP TABLE findings")]
    [InlineData("CREATE TABLE t (x)")]
    [InlineData("ATTACH DATABASE '/tmp/x.db' AS x")]
    [InlineData("PRAGMA table_info(findings)")]
    [InlineData("PRAGMA journal_mode = OFF")]
    [InlineData("VACUUM INTO '/tmp/copy.db'")]
    [InlineData("BEGIN")]
    [InlineData("SELECT * FROM sqlite_master; DROP TABLE findings")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT load_extension('/tmp/evil.so')")]
    [InlineData("SELECT randomblob(1000000000)")]
    [InlineData("SELECT readfile('/etc/passwd')")]
    [InlineData("EXPLAIN SELECT random()")]
    [InlineData("")]
    public void Anything_but_one_select_is_refused_with_a_reason(string sql)
    {
        var answer = Query(sql);
        answer.IsError.ShouldBeTrue();
        answer.Text.ShouldStartWith("Not run: ");
        Query("SELECT count(*) AS n FROM findings").Text.ShouldContain("n\n2\n");
    }

    [Fact]
    public void Sealed_values_and_test_splits_are_not_there_at_all()
    {
        Query("SELECT run, value FROM runs").Text.ShouldNotContain("sealed");
        Query("SELECT * FROM runs WHERE run LIKE '%sealed%'").Text.ShouldNotContain("1.2346");
        foreach (var table in (string[])["seals", "openings", "answers", "calls", "evaluations", "studies"])
            Query($"SELECT * FROM {table}").IsError.ShouldBeTrue();
    }

    [Theory]
    [InlineData("SELECT efect FROM findings", "did you mean `effect`?")]
    [InlineData("SELECT * FROM finding", "did you mean `findings`?")]
    [InlineData("SELECT * FROM nonsense", "the tables are")]
    public void A_wrong_word_gets_the_nearest_right_one(string sql, string hint) => Query(sql).Text.ShouldContain(hint);

    [Fact]
    public void Endless_and_enormous_queries_end_by_count_and_not_by_the_clock()
    {
        Query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n").Text.ShouldContain("million steps");
        Query("WITH RECURSIVE n(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM n) SELECT max(length(s)) FROM n").IsError.ShouldBeTrue();
        var many = Query("SELECT a.tokens FROM curves a, curves b").Text;
        many.ShouldContain("(the first 100 rows)");
        many.Length.ShouldBeLessThan(20_000);
    }

    private ToolAnswer Query(string sql) => QueryTool.Query(sql, fixture.Task);
}
