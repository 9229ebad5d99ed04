"""
Fixed constants, data and evaluation of the stand-in trainer. Do not modify: it is what experiments are compared by.
"""

import math
import random

STEPS = 150              # training steps of a run

WORDS = (
    "the a one this that lab model run step loss rate batch seed paper proof test word data token layer head width depth "
    "trains learns fails runs reads writes shows proves keeps drops beats meets holds small large slow quick good fair"
).split()


def load_text(split):
    """Character ids of a split and the characters; the same on every machine."""
    source = random.Random({"train": 1, "val": 2}[split])
    text = " ".join(source.choice(WORDS) for _ in range({"train": 4000, "val": 300}[split]))
    vocab = sorted(set(" ".join(WORDS)))
    ids = {character: i for i, character in enumerate(vocab)}
    return [ids[character] for character in text], vocab


def evaluate_bpb(probabilities):
    """Bits per byte of the validation text; every character is one byte."""
    text, _ = load_text("val")
    rows = {}
    bits = 0.0
    for x, y in zip(text, text[1:]):
        if x not in rows:
            rows[x] = probabilities(x)
        bits -= math.log2(rows[x][y])
    return bits / (len(text) - 1)
