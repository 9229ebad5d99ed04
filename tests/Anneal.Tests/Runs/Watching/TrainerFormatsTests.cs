using Anneal.Runs.Watching;

namespace Anneal.Tests.Runs.Watching;

/// <summary>What common trainers really print, as people quote it in public issues and files; what is heard of it.</summary>
public class TrainerFormatsTests
{
    private static string Hear(string text, out TrainerOutput output)
    {
        output = new TrainerOutput();
        var heard = new List<string>();
        foreach (var line in text.Split('\n', '\r'))
            heard.Add(output.Hear(MetricLine.Parse(line), 0) switch
            {
                HeardStep { Metrics: var s } => string.Join(' ', new (string Name, double? Value)[] { ("", s.Step), ("loss", s.Loss), ("lr", s.LearningRate), ("norm", s.GradNorm), ("s", s.StepSeconds), ("tok/s", s.TokensPerSecond), ("tok", s.Tokens), ("nan", s.Nonfinite is { } n ? n ? 1 : 0 : null) }
                    .Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}{Math.Round(pair.Value!.Value, 9)}")),
                HeardMeasurement m => $"@{m.Step} {string.Join(' ', m.Numbers.Select(pair => $"{pair.Key}{pair.Value}"))}",
                _ => "",
            });
        return string.Join("; ", heard.Where(part => part.Length > 0));
    }

    private static string Hear(string text) => Hear(text, out _);

    // karpathy/nanoGPT, issue 215
    [Fact]
    public void NanoGpt_evaluates_beside_its_steps() => Hear(
        """
        2023-03-22 09:31:56 iter 2990: loss 3.8853, time 1096.65ms, mfu 15.34%
        2023-03-22 09:32:32 step 3000: train loss 4.0390, val loss 4.0427
        saving checkpoint to out
        2023-03-22 09:32:41 iter 3000: loss 4.2490, time 35392.33ms, mfu 13.85%
        2023-03-22 09:32:52 iter 3010: loss nan, time 1019.95ms, mfu 14.12%
        """).ShouldBe("2990 loss3.8853 s1.09665; @3000 val/loss4.0427; 3000 loss4.249 s35.39233; 3010 lossNaN s1.01995");

    // karpathy/llama2.c, issue 461
    [Fact]
    public void Llama2_c_begins_a_line_with_its_step() => Hear(
        """
        490 | loss 5.7543 | lr 4.900000e-05 | 8060.78ms | mfu 0.21%
        Created a PretokDataset with rng seed 42
        step 500: train loss 5.7373, val loss 5.9544
        500 | loss 6.0091 | lr 5.000000e-05 | 870067.53ms | mfu 0.19%
        """).ShouldBe("490 loss5.7543 lr4.9E-05 s8.06078; @500 val/loss5.9544; 500 loss6.0091 lr5E-05 s870.06753");

    // karpathy/llm.c, issue 796
    [Fact]
    public void Llm_c_says_of_how_many_and_names_columns_by_their_units()
    {
        Hear(
            """
            step   61/74 | loss 3.208939 (+nanz)| norm 1.4800 (+nanz)| lr 3.00e-04 | 44.57 ms | -100.0% bf16 MFU | 91886 tok/s
            step   62/74 | loss 3.464926 (+nanz)| norm 1.3662 (+nanz)| lr 3.00e-04 | 44.57 ms | -100.0% bf16 MFU | 91886 tok/s
            """, out var output).ShouldBe("61 loss3.208939 lr0.0003 norm1.48 s0.04457 tok/s91886; 62 loss3.464926 lr0.0003 norm1.3662 s0.04457 tok/s91886");
        output.Length.ShouldBe(74);
    }

    // karpathy/nanochat: the line of scripts/base_train.py as quoted in pull request 242; its evaluation line is `Step 00250 | Validation bpb: 1.2345`
    [Fact]
    public void Nanochat_says_bits_per_byte_alone() => Hear(
        """
        step 00249/21400 (1.16%) | loss: 4.216406 | grad_norm: 0.41235 | lrm: 1.00 | dt: 481.27ms | tok/sec: 1,089,404 | mfu: 47.57 | total time: 1.92m
        Step 00250 | Validation bpb: 1.2345
        step 00250/21400 (1.17%) | loss: 4.212006 | grad_norm: 0.40931 | lrm: 1.00 | dt: 480.98ms | tok/sec: 1,090,061 | mfu: 47.60 | total time: 1.93m
        """).ShouldBe("249 loss4.216406 norm0.41235 s0.48127 tok/s1089404; @250 val/bpb1.2345; 250 loss4.212006 norm0.40931 s0.48098 tok/s1090061");

    // bigscience and Ascend logs of Megatron-LM; the first rank that says a loss is heard, others are not
    [Fact]
    public void Megatron_names_with_several_words()
    {
        Hear(
            """
            [default7]: iteration      200/    1000 | consumed samples:          800 | elapsed time per iteration (ms): 430.0 | learning rate: 1.342E-04 | global batch size:     4 | lm loss: 7.399415E+00 | loss scale: 16384.0 | grad norm: 2.918 | number of skipped iterations:   0 | number of nan iterations:   0 |
            [default7]:time (ms) | forward-compute: 53.79 | backward-compute: 138.84 | optimizer: 49.42 | batch-generator: 2.35
            [default0]: iteration      201/    1000 | lm loss: 1.0E+00 |
             iteration      201/    1000 | consumed samples:          804 | consumed tokens:  13967032320 | elapsed time per iteration (s): 0.43 | learning rate: 1.342E-04 | load_balancing_loss: 1.041994E+00 | lm loss: 7.3E+00 | mtp_1 loss: 4.000000E+00 | grad norm: 2.9 | number of skipped iterations:   0 | number of nan iterations:   0 |
             validation loss at iteration 201 | lm loss value: 7.100000E+00 | lm loss PPL: 1.2E+03 |
            """, out var output).ShouldBe("200 loss7.399415 lr0.0001342 norm2.918 s0.43 nan0; 201 loss7.3 lr0.0001342 norm2.9 s0.43 tok13967032320 nan0; @201 val/loss7.1");
        output.Length.ShouldBe(1000);
    }

    // bigscience-workshop/Megatron-DeepSpeed, issue 396
    [Fact]
    public void A_loss_that_Megatron_leaves_out_because_it_is_not_finite_is_heard_as_such() => Hear(
        """
         iteration     5425/  250000 | learning rate: 2.999E-04 | lm loss: 2.1E+00 | loss scale: 1.0 | grad norm: 1.5 | number of nan iterations:   0 |
         iteration     5426/  250000 | consumed samples:        43408 | consumed tokens:     88899584 | elapsed time per iteration (ms): 4247.9 | learning rate: 2.999E-04 | global batch size:     8 | loss scale: 1.0 | grad norm: nan | actual seqlen:  2048 | number of skipped iterations:   0 | number of nan iterations:   0 | samples per second: 1.886 | TFLOPs: 78.46 |
        """).ShouldBe("5425 loss2.1 lr0.0002999 norm1.5 nan0; 5426 lossNaN lr0.0002999 normNaN s4.2479 tok88899584 nan0");

    // deepspeedai/DeepSpeed, issue 3742
    [Fact]
    public void DeepSpeed_spreads_a_step_over_lines() => Hear(
        """
        [2023-07-25 21:03:16,800] [INFO] [logging.py:96:log_dist] [Rank 0] step=34, skipped=0, lr=[2.111e-06, 2.111e-06], mom=[[0.9, 0.95], [0.9, 0.95]]
        [2023-07-25 21:03:17,269] [INFO] [timer.py:215:stop] epoch=0/micro_step=34/global_step=34, RunningAvgSamplesPerSec=7.864669709950182, CurrSamplesPerSec=8.00912418308922, MemAllocated=59.65GB, MaxMemAllocated=63.31GB
        [2023-07-25 21:03:17,269] [INFO] [logging.py:96:log_dist] [Rank 0] rank=0 time (ms) | forward: 652.41 | backward: 2164.52 | backward_inner: 2001.89 | backward_allreduce: 162.60 | step: 1172.13
         samples/sec: 7.799 | iteration       34/   10000 | elapsed time per iteration (ms): 4103.1 | learning rate: 2.111E-06 | approx flops per GPU: 112.9TFLOPS | lm_loss: 1.118665E+01 | number of skipped iterations:   0 | number of nan iterations:   0 |
        """).ShouldBe("34 loss11.18665 lr2.111E-06 s4.1031 nan0");

    // huggingface/transformers, issue 14531: a bar, DeepSpeed's line on the same row, and losses without a step
    [Fact]
    public void Hugging_face_losses_take_their_step_from_what_stands_before()
    {
        Hear(
            """
              Total optimization steps = 24,128
            {'loss': 6.2645, 'learning_rate': 0.001, 'epoch': 0.02}
              8%|█████████████                                       | 1999/24128 [1:52:09<20:27:23,  3.33s/it][2021-11-26 03:07:16,494] [INFO] [logging.py:69:log_dist] [Rank 0] step=2000, skipped=1995, lr=[0.001, 0.001], mom=[0.0, 0.0]
            [2021-11-26 03:07:16,494] [INFO] [timer.py:181:stop] 0/2000, SamplesPerSec=9.526738918021234
            {'loss': 0.0, 'learning_rate': 0.001, 'epoch': 0.08}
            {'loss': '2.306', 'grad_norm': 'nan', 'learning_rate': '5e-05', 'epoch': '0.1'}
            {'eval_loss': 2.5, 'eval_runtime': 12.0, 'epoch': 0.1}
            {'train_runtime': 100.0, 'train_loss': 1.5, 'epoch': 1.0}
            """, out var output).ShouldBe("1 loss6.2645 lr0.001; 2000 loss0 lr0.001; 2001 loss2.306 lr5E-05 normNaN; @2001 val/loss2.5");
        output.Length.ShouldBe(24128);
    }

    [Fact]
    public void Losses_without_a_step_follow_their_progress_bar_and_not_that_of_an_evaluation() => Hear(
        " 10%|█         | 100/1000 [00:12<01:48,  8.30it/s]\r{'loss': 3.1, 'epoch': 0.1}\r 20%|██        | 200/1000 [00:24<01:36,  8.30it/s]\r{'loss': 3.0, 'epoch': 0.2}\r"
        + "100%|██████████| 500/500 [00:03<00:00, 150.00it/s]\rMap: 100%|██████████| 9000/9000 [00:03<00:00, 3000 examples/s]\r{'loss': 2.9, 'epoch': 0.3}", out _)
        .ShouldBe("100 loss3.1; 200 loss3; 201 loss2.9");

    // Lightning-AI/pytorch-lightning, issues 4225 and 14094
    [Fact]
    public void Lightning_draws_its_steps() => Hear(
        "Epoch 0:   0%|          | 0/18 [00:00<?, ?it/s] \rEpoch 0:   6%|▌         | 1/18 [00:08<02:29,  8.77s/it, loss=10.473, v_num=193315]\rEpoch 0:  11%|█         | 2/18 [00:11<01:33,  5.82s/it, loss=10.224, v_num=193315]\r"
        + "Validation DataLoader 0:  46%|██████████████████████████                              | 73/157 [00:02<00:02, 37.48it/s, loss=9]\r"
        + "Epoch 0:  11%|█         | 2/18 [00:11<01:33,  5.82s/it, loss=10.2, v_num=193315]\rEpoch 1:  17%|█▋        | 3/18 [00:14<01:13,  4.87s/it, loss=nan, v_num=193315]", out _)
        .ShouldBe("1 loss10.473; 2 loss10.224; 21 lossNaN");

    // pytorch/torchtitan, pull requests 2389 and 3393; with its colours, each rank the same
    [Fact]
    public void Torchtitan_is_coloured_and_every_rank_prints() => Hear(
        """
        [rank1]:[titan] 2026-05-18 16:04:46,338 - root - INFO - ~[31mstep: 14  ~[32mloss:  3.24405  ~[38;2;180;60;0mgrad_norm:  0.8319  ~[36mmemory:  9.46GiB(64.99%)  ~[34mtps: 7,282  tflops: 0.52  mfu: 0.17%~[39m
        [rank0]:[titan] 2026-05-18 16:04:46,338 - root - INFO - ~[31mstep: 14  ~[32mloss:  3.24405  ~[38;2;180;60;0mgrad_norm:  0.8319  ~[36mmemory:  9.46GiB(64.99%)  ~[34mtps: 7,282  tflops: 0.52  mfu: 0.17%~[39m
        [titan] 2026-02-24 19:46:19,145 - root - INFO - step:  15  loss:  7.07623  grad_norm: 46.5000  memory: 66.91GiB(37.51%)  tps: 10,007  tflops: 313.36  mfu: 13.93%
        [titan] 2026-02-24 19:46:19,145 - root - INFO - step:  15  loss:  7.07623  grad_norm: 46.5000  memory: 66.91GiB(37.51%)  tps: 10,007  tflops: 313.36  mfu: 13.93%
        """.Replace('~', '\u001b')).ShouldBe("14 loss3.24405 norm0.8319 tok/s7282; 15 loss7.07623 norm46.5 tok/s10007");

    // allenai/OLMo-core: the form that its console logger gives a step
    [Fact]
    public void Olmo_core_writes_a_step_over_lines() => Hear(
        """
        2025-01-30T10:02:33.123456Z INFO [olmo_core.train.callbacks.console_logger:96] [step=10/1000,epoch=1,eta=00:10:00]
            optim/LR (group 0)=0.000039
            optim/total grad norm=9.250
            throughput/device/TPS=12,345
            train/CE loss=10.98
            train/PPL=58,689
        2025-01-30T10:02:43.123456Z INFO [olmo_core.train.callbacks.console_logger:96] [step=20/1000,epoch=1,eta=00:10:00]
            optim/total grad norm=5.250
            train/CE loss=9.98
            train/Z loss=0.0012
        """, out _).ShouldBe("10 loss10.98 lr3.9E-05 norm9.25 tok/s12345; 20 loss9.98 norm5.25");

    // hiyouga/LLaMA-Factory's trainer_log.jsonl, as quoted in liujunwen23/MIRE, issue 1; PrimeIntellect-ai/prime-rl, pull request 20; fairseq, issue 301
    [Theory]
    [InlineData("""{"current_steps": 3, "total_steps": 42, "loss": 1.5921, "learning_rate": 0.0, "epoch": 0.2, "percentage": 7.14, "elapsed_time": "0:00:25"}""", "3 loss1.5921 lr0")]
    [InlineData("""{"current_steps": 5, "total_steps": 42, "eval_loss": 1.633915901184082, "epoch": 0.34}""", "@5 val/loss1.633915901184082")]
    [InlineData("03:26:55 [INFO] [TRAIN] [Rank 0] step: 8, loss: 975.9991, tokens_per_second: 76957.79, mfu: 42.46", "8 loss975.9991 tok/s76957.79")]
    [InlineData("| epoch 010 | valid on 'valid' subset | valid loss 1.94 | valid ppl 3.83", "@0 val/loss1.94")]
    [InlineData("step:125/1750 val_loss:4.3521 train_time:11012ms step_avg:88.1ms", "@125 val/loss4.3521")]
    [InlineData("INFO:root:50%: step=7 loss=\"2.5\" lr='1e-4'", "7 loss2.5 lr0.0001")]
    [InlineData("2: step 7 loss 2.5", "7 loss2.5")]
    [InlineData("step=1,204 loss=-inf", "1204 loss-Infinity")]
    [InlineData("step 5: aux loss: 0.01, best val loss: 2.0, final loss: 1", "")]
    public void Others(string line, string heard) => Hear(line).ShouldBe(heard);

    // karpathy/autoresearch's summary: no step, no loss; the last line is a measurement
    [Fact]
    public void Autoresearch_measures_at_its_end() => Hear("step 00953 (99.9%) | loss: 3.1 | dt: 315ms\nval_bpb:          0.997900\ntraining_seconds: 300.1\nnum_steps:        953").ShouldBe("953 loss3.1 s0.315; @953 val/bpb0.9979");

    [Fact]
    public void A_run_that_prints_only_pairs_of_means_is_heard_from_the_second_on() =>
        Hear("step 0: train loss 4, val loss 4\nstep 10: train loss 3, val loss 3.1\nstep 20: train loss 2, val loss 2.1").ShouldBe("@0 val/loss4; 10 loss3; 20 loss2");

    [Fact]
    public void A_run_that_goes_back_is_heard_again_once_that_is_sure_and_a_lagging_process_is_not() =>
        Hear("step=10 loss=3\nstep=11 loss=2.9\nstep=9 loss=3.5\nstep=12 loss=2.8\nstep=11 loss=9\nstep=10 loss=3\nstep=5 loss=4\nstep=6 loss=4\nstep=7 loss=4\nstep=8 loss=3.9").ShouldBe("10 loss3; 11 loss2.9; 12 loss2.8; 7 loss4; 8 loss3.9");
}
