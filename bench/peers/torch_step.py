"""One training step of a GPT-2-style model in PyTorch, timed on demand.

The peer of Anneal's training step: same shapes, forward, backward, clip and AdamW, float32 on the CPU.
Needs only torch (Debian: python3-torch and libopenblas0-pthread, run with /usr/bin/python3).

  torch_step.py --layers 6 --width 384 --heads 6 --context 256 --batch 12 --vocab 4096 --threads 2

prints {"parameters": N, "torch": version and BLAS} and then, for each line on standard input, does one step and
prints {"seconds": s, "loss": l}. It ends with its input.
"""
import argparse
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads, context):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.register_buffer("mask", torch.triu(torch.full((context, context), -math.inf), 1))

    def attend(self, x):
        b, t, w = x.shape
        q, k, v = (y.view(b, t, self.heads, w // self.heads).transpose(1, 2) for y in self.qkv(x).split(w, dim=2))
        scores = q @ k.transpose(2, 3) / math.sqrt(w // self.heads) + self.mask
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, w))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Gpt2(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(a.vocab, a.width), nn.Embedding(a.context, a.width)
        self.blocks = nn.ModuleList(Block(a.width, a.heads, a.context) for _ in range(a.layers))
        self.norm = nn.LayerNorm(a.width)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = self.norm(x) @ self.tokens.weight.T
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1))


def blas():
    """Where the matrix products come from: Debian's reference BLAS is some twenty times slower than its OpenBLAS."""
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split()[-1] for line in maps if "blas" in line}
    except OSError:
        return "an unknown BLAS"
    return "OpenBLAS" if any("openblas" in p for p in paths) else " ".join(sorted(paths)) or "its own BLAS"


def main():
    parser = argparse.ArgumentParser()
    for name in ("layers", "width", "heads", "context", "batch", "vocab", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    model = Gpt2(a)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1)
    print(json.dumps({"parameters": sum(p.numel() for p in model.parameters()), "torch": f"{torch.__version__} on {blas()}"}), flush=True)
    for _ in sys.stdin:
        ids = torch.randint(a.vocab, (a.batch, a.context + 1))
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = model(ids[:, :-1], ids[:, 1:])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        print(json.dumps({"seconds": time.perf_counter() - start, "loss": loss.item()}), flush=True)


if __name__ == "__main__":
    main()
