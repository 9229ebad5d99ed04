#!/usr/bin/python3
"""Golden numbers from PyTorch in float64, for Anneal.Tests.Engine.Models.GoldenTests.

usage: golden.py OUT_DIR

Writes one <name>.safetensors (float32) a model: param.* (initial parameters), logits and grad.* of the first batch,
losses of 50 AdamW steps, tokens (one stream; batch k is its tokens k*B*T to (k+1)*B*T, one look-ahead token more).
Parameter names are those of Anneal's checkpoints. B batch, T tokens, C width, H heads, G key/value heads, D head width, V vocab.
"""
import json
import math
import struct
import sys

import torch
import torch.nn.functional as F

V, B, T, STEPS = 61, 3, 14, 50
LR, BETAS, EPS, DECAY, CLIP, WARMUP, FLOOR = 1e-2, (0.9, 0.95), 1e-8, 0.1, 1.0, 0.1, 0.1

MODELS = {
    "gpt2": dict(L=2, C=16, H=2, G=2, norm="layer", place="pre", position="learned", mlp="gelu", hidden=64, tied=True, bias=True),
    "llama": dict(L=2, C=16, H=4, G=2, norm="rms", place="pre", position="rope", mlp="swiglu", hidden=48, tied=False, bias=False),
    "modern": dict(L=2, C=24, H=2, G=1, norm="rms", place="peri", position="rope", mlp="relu2", hidden=40, tied=False, bias=False,
                   qk_norm=True, softcap=5.0),
}
NORMS = {
    "pre": ("input_layernorm", "post_attention_layernorm"),
    "peri": ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"),
}


def parameters(m):
    """Random float32 values, large enough that every part matters to the loss."""
    p = {}

    def add(name, *shape, mean=0.0, std=0.15):
        p[name] = (mean + std * torch.randn(*shape)).double().requires_grad_()

    def linear(name, rows, columns):
        add(name + ".weight", rows, columns)
        if m["bias"]:
            add(name + ".bias", rows)

    def norm(name):
        add(name + ".weight", m["C"], mean=1.0)
        if m["bias"] and m["norm"] == "layer":
            add(name + ".bias", m["C"])

    C, D = m["C"], m["C"] // m["H"]
    add("model.embed_tokens.weight", V, C)
    if m["position"] == "learned":
        add("model.embed_positions.weight", T, C)
    for i in range(m["L"]):
        layer = f"model.layers.{i}."
        for name in NORMS[m["place"]]:
            norm(layer + name)
        linear(layer + "self_attn.q_proj", C, C)
        linear(layer + "self_attn.k_proj", m["G"] * D, C)
        linear(layer + "self_attn.v_proj", m["G"] * D, C)
        linear(layer + "self_attn.o_proj", C, C)
        if m["mlp"] == "swiglu":
            linear(layer + "mlp.gate_proj", m["hidden"], C)
        linear(layer + "mlp.up_proj", m["hidden"], C)
        linear(layer + "mlp.down_proj", C, m["hidden"])
    norm("model.norm")
    if not m["tied"]:
        add("lm_head.weight", V, C)
    return p


def forward(m, p, ids):
    """ids [B,T] -> logits [B,T,V]"""
    C, H, G = m["C"], m["H"], m["G"]
    D = C // H

    def norm(name, x):
        if m["norm"] == "layer":
            return F.layer_norm(x, (C,), p[name + ".weight"], p.get(name + ".bias"), 1e-5)
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * p[name + ".weight"]

    def linear(name, x):
        return F.linear(x, p[name + ".weight"], p.get(name + ".bias"))

    def rope(x):  # [B,heads,T,D], half-split pairs
        angle = torch.outer(torch.arange(T).double(), 10000.0 ** (-torch.arange(0, D, 2).double() / D))
        cos, sin = angle.cos(), angle.sin()
        a, b = x[..., : D // 2], x[..., D // 2:]
        return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)

    def attend(layer, x):
        q, k, v = (linear(layer + f"self_attn.{n}_proj", x).view(B, T, -1, D).transpose(1, 2) for n in "qkv")
        if m["position"] == "rope":
            q, k = rope(q), rope(k)
        if m.get("qk_norm"):
            q, k = (t * torch.rsqrt(t.pow(2).mean(-1, keepdim=True) + 1e-6) for t in (q, k))
        k, v = (t.repeat_interleave(H // G, 1) for t in (k, v))
        scores = q @ k.transpose(-1, -2) / math.sqrt(D)
        scores = scores.masked_fill(torch.ones(T, T).triu(1).bool(), float("-inf"))
        return linear(layer + "self_attn.o_proj", (scores.softmax(-1) @ v).transpose(1, 2).reshape(B, T, C))

    def mlp(layer, x):
        up = linear(layer + "mlp.up_proj", x)
        if m["mlp"] == "gelu":
            h = 0.5 * up * (1 + torch.tanh(math.sqrt(2 / math.pi) * (up + 0.044715 * up ** 3)))
        elif m["mlp"] == "relu2":
            h = F.relu(up) ** 2
        else:
            h = F.silu(linear(layer + "mlp.gate_proj", x)) * up
        return linear(layer + "mlp.down_proj", h)

    x = p["model.embed_tokens.weight"][ids]
    if m["position"] == "learned":
        x = x + p["model.embed_positions.weight"]
    for i in range(m["L"]):
        layer = f"model.layers.{i}."
        if m["place"] == "pre":
            x = x + attend(layer, norm(layer + "input_layernorm", x))
            x = x + mlp(layer, norm(layer + "post_attention_layernorm", x))
        else:
            x = x + norm(layer + "post_attention_layernorm", attend(layer, norm(layer + "input_layernorm", x)))
            x = x + norm(layer + "post_feedforward_layernorm", mlp(layer, norm(layer + "pre_feedforward_layernorm", x)))
    logits = F.linear(norm("model.norm", x), p["model.embed_tokens.weight" if m["tied"] else "lm_head.weight"])
    cap = m.get("softcap", 0)
    return cap * torch.tanh(logits / cap) if cap else logits


def rate(step):
    """Cosine after a linear warmup; the floor is reached at the last step."""
    warmup = round(WARMUP * STEPS)
    if step < warmup:
        return LR * (step + 1) / warmup
    progress = (step - warmup + 1) / (STEPS - warmup)
    return LR * (1 + (FLOOR - 1) * (0.5 - 0.5 * math.cos(math.pi * progress)))


def train(m, p, tokens):
    decayed = [t for n, t in p.items() if t.dim() == 2 and "positions" not in n]
    others = [t for n, t in p.items() if t.dim() == 1 or "positions" in n]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}], lr=LR, betas=BETAS, eps=EPS)
    losses, out = [], {}
    for step in range(STEPS):
        batch = tokens[step * B * T:(step + 1) * B * T + 1]
        logits = forward(m, p, batch[:-1].view(B, T))
        loss = F.cross_entropy(logits.reshape(-1, V), batch[1:])
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            out["logits"] = logits.detach().clone()
            out.update({"grad." + n: t.grad.clone() for n, t in p.items()})
        torch.nn.utils.clip_grad_norm_(p.values(), CLIP)
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        optimizer.step()
        losses.append(loss.item())
    out["losses"] = torch.tensor(losses)
    return out


def write(path, tensors):
    header, offset = {}, 0
    for name, t in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [offset, offset + 4 * t.numel()]}
        offset += 4 * t.numel()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            f.write(t.detach().float().contiguous().numpy().tobytes())


def main():
    torch.set_num_threads(1)
    for name, m in MODELS.items():
        torch.manual_seed(20)
        p = parameters(m)
        start = {"param." + n: t.detach().clone() for n, t in p.items()}
        # Each token follows from the last, but for one in eight.
        tokens = [1]
        for jump, to in zip(torch.rand(STEPS * B * T).tolist(), torch.randint(V, (STEPS * B * T,)).tolist()):
            tokens.append(to if jump < 0.125 else (tokens[-1] * 5 + 3) % V)
        tokens = torch.tensor(tokens)
        write(f"{sys.argv[1]}/{name}.safetensors", {**start, "tokens": tokens, **train(m, p, tokens)})


main()
