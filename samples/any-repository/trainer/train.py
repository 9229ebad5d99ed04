"""
A stand-in for a pretraining script in autoresearch's layout, in plain Python and without any package: a character bigram
model with a learned embedding of the previous character, trained by stochastic gradient descent for a fixed number of
steps. It is small enough to train in a second and real enough that its constants matter.

Usage: python3 train.py
"""

import math
import os
import random
import time

from prepare import STEPS, evaluate_bpb, load_text

# ---------------------------------------------------------------------------
# Hyperparameters (edit these directly, no CLI flags needed)
# ---------------------------------------------------------------------------

LEARNING_RATE = 0.25     # step size at the peak
BATCH_SIZE = 2**4        # characters per step
WARMUP_RATIO = 0.05      # fraction of the steps for warmup
WARMDOWN_RATIO = 0.3     # fraction of the steps for the decay to zero
WEIGHT_DECAY = 0.0001    # shrinks all weights
DIM = 8                  # width of the embedding
INIT_SCALE = 0.1         # standard deviation of the weights at the start

# ---------------------------------------------------------------------------

t_start = time.time()
rng = random.Random(int(os.environ.get("ANNEAL_SEED", "42")))
train_text, vocab = load_text("train")
size = len(vocab)
embedding = [[rng.gauss(0, INIT_SCALE) for _ in range(DIM)] for _ in range(size)]
head = [[rng.gauss(0, INIT_SCALE) for _ in range(DIM)] for _ in range(size)]
bias = [0.0] * size


def probabilities(character):
    row = embedding[character]
    logits = [bias[k] + sum(a * b for a, b in zip(row, head[k])) for k in range(size)]
    top = max(logits)
    weights = [math.exp(x - top) for x in logits]
    total = sum(weights)
    return [w / total for w in weights]


def lr_multiplier(progress):
    if progress < WARMUP_RATIO:
        return progress / WARMUP_RATIO
    if progress < 1 - WARMDOWN_RATIO:
        return 1.0
    return (1 - progress) / WARMDOWN_RATIO


t_start_training = time.time()
smooth_loss = 0.0
for step in range(STEPS):
    lr = LEARNING_RATE * lr_multiplier((step + 1) / STEPS)
    loss = 0.0
    for _ in range(BATCH_SIZE):
        at = rng.randrange(len(train_text) - 1)
        x, y = train_text[at], train_text[at + 1]
        p = probabilities(x)
        loss -= math.log(p[y]) / BATCH_SIZE
        row = embedding[x]
        grad_row = [0.0] * DIM
        scale = lr / BATCH_SIZE
        for k in range(size):
            g = p[k] - (k == y)
            column = head[k]
            for d in range(DIM):
                grad_row[d] += g * column[d]
                column[d] -= scale * (g * row[d] + WEIGHT_DECAY * column[d])
            bias[k] -= scale * g
        for d in range(DIM):
            row[d] -= scale * (grad_row[d] + WEIGHT_DECAY * row[d])

    # Fast fail: abort if loss is exploding or NaN
    if math.isnan(loss) or loss > 100:
        print("FAIL")
        exit(1)
    smooth_loss = 0.9 * smooth_loss + 0.1 * loss
    debiased = smooth_loss / (1 - 0.9 ** (step + 1))
    if step % 10 == 0:
        print(f"\rstep {step:05d} ({100 * step / STEPS:.1f}%) | loss: {debiased:.6f} | lrm: {lr_multiplier((step + 1) / STEPS):.2f}    ", end="", flush=True)

print()
val_bpb = evaluate_bpb(probabilities)
t_end = time.time()

print("---")
print(f"val_bpb:          {val_bpb:.6f}")
print(f"training_seconds: {t_end - t_start_training:.1f}")
print(f"total_seconds:    {t_end - t_start:.1f}")
print(f"peak_vram_mb:     {0.0:.1f}")
print(f"total_tokens_M:   {STEPS * BATCH_SIZE / 1e6:.6f}")
print(f"num_steps:        {STEPS}")
print(f"num_params_M:     {(2 * size * DIM + size) / 1e6:.6f}")
