#!/bin/sh
# A trainer without a model: it prints what one would print, and at step 150 it breaks.
awk 'BEGIN {
    srand(7)
    for (step = 1; step <= 400; step++) {
        loss = 2.2 + 4.5 * exp(-step / 40) + 0.05 * (rand() - 0.5)
        if (step >= 150) loss = "nan"
        printf "step %d: loss %s, lr 3e-4, grad_norm %.3f\n", step, loss, 0.4 + 0.1 * rand()
        fflush()
        if (step >= 150) system("sleep 0.05")
    }
}'
