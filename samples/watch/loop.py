"""A training loop with a handle for `anneal watch`: what the model is does not matter here."""
import math
import random

import anneal

random.seed(1)
rate = 1.0


def set_lr_scale(value):
    global rate
    before, rate = rate, value
    return {"before": {"value": before}, "after": {"value": value}}


run = anneal.Run(steps=300, on={"stop": None, "set_lr_scale": set_lr_scale})
for step in range(1, 301):
    loss = 2.2 + 4.5 * math.exp(-step / 40) + 0.05 * random.random()
    run.log(step, loss=loss, lr=rate * 3e-4, grad_norm=0.4 + 0.1 * random.random())
    if run.poll(step):
        break
