using Anneal.Lab.Subjects;

namespace Anneal.Tests.Lab.Subjects;

public class ConstantTests
{
    // The constants of autoresearch's train.py, as they stand there.
    private const string Train = """
        import os

        ASPECT_RATIO = 64       # model_dim = depth * ASPECT_RATIO
        WINDOW_PATTERN = "SSSL" # sliding window pattern: L=full, S=half context
        TOTAL_BATCH_SIZE = 2**19 # ~524K tokens per optimizer step
        EMBEDDING_LR = 0.6      # learning rate for token embeddings (Adam)
        ADAM_BETAS = (0.8, 0.95) # Adam beta1, beta2
        WARMUP_RATIO = 0.0      # fraction of time budget for LR warmup
        DEPTH = 8               # number of transformer layers
        H100_BF16_PEAK_FLOPS = 989.5e12
        TIME_BUDGET = 300
        SEED = 42
        NEGATIVE = -1e-4
        TWICE = 1
        TWICE = 2
            INDENTED = 3
        lower = 4
        SUM = 1 + 2
        """;

    private static Constant Find(string name) => Constant.Find("train.py", Train).Single(constant => constant.Name == name);

    [Fact]
    public void Numbers_at_the_top_level_are_found_and_what_measures_is_left_alone() =>
        Constant.Find("train.py", Train).Select(constant => (constant.Name, constant.Text)).ShouldBe(
            [("ASPECT_RATIO", "64"), ("TOTAL_BATCH_SIZE", "2**19"), ("EMBEDDING_LR", "0.6"), ("WARMUP_RATIO", "0.0"), ("DEPTH", "8"), ("NEGATIVE", "-1e-4")]);

    [Theory]
    [InlineData("TOTAL_BATCH_SIZE", 2, "2**20")]
    [InlineData("TOTAL_BATCH_SIZE", 0.5, "2**18")]
    [InlineData("EMBEDDING_LR", 2, "1.2")]
    [InlineData("EMBEDDING_LR", 1.4, "0.84")]
    [InlineData("DEPTH", 1.4, "11")]
    [InlineData("DEPTH", 0.5, "4")]
    [InlineData("NEGATIVE", 3, "-0.0003")]
    [InlineData("WARMUP_RATIO", 2, null)]
    public void A_value_is_moved_on_a_logarithmic_scale_and_written_as_it_was(string name, double factor, string? value) => Find(name).Times(factor).ShouldBe(value);

    [Fact]
    public void A_count_of_one_moves_up_only() =>
        (new Constant("a", "N", "1", "N = 1").Times(0.5), new Constant("a", "N", "1", "N = 1").Times(1.4)).ShouldBe((null, "2"));

    [Fact]
    public void Setting_one_changes_its_line_and_nothing_else()
    {
        var edit = Find("EMBEDDING_LR").Set("1.2", Train);
        edit.Apply(Train).ShouldBe(Train.Replace("EMBEDDING_LR = 0.6 ", "EMBEDDING_LR = 1.2 "));
        Constant.Find("a", "D6 = 6\nx = 'D6 = 6'\n").Single().Set("7", "D6 = 6\nx = 'D6 = 6'\n").Apply("D6 = 6\nx = 'D6 = 6'\n").ShouldBe("D6 = 7\nx = 'D6 = 6'\n");
    }
}
