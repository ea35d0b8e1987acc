"""Sampling by confidence in eight steps, then decoding: what Tessera's MaskedSampler does, for other programs.

H. Chang et al., MaskGIT, CVPR 2022, section 3.2, over the slots of a grid of 16x16 positions.
"""

import math

import numpy as np

STEPS, SLOTS, CODES, CHOICE = 8, 1024, 256, 4.5


def sampled(logits_of, decode, codebooks: np.ndarray) -> np.ndarray:
    """The picture of a grid that was masked: `logits_of` maps codes [1, 16, 16, 4] to [SLOTS, CODES]."""
    random = np.random.default_rng(1)
    codes = np.full(SLOTS, CODES)
    for step in range(1, STEPS + 1):
        logits = np.asarray(logits_of(codes.reshape(1, 16, 16, 4)), np.float32).reshape(SLOTS, CODES)
        weights = np.exp(logits - logits.max(1, keepdims=True))
        sums = weights.cumsum(1)
        drawn = (sums < random.random((SLOTS, 1), np.float32) * sums[:, -1:]).sum(1).clip(0, CODES - 1)
        confidence = np.log(weights[np.arange(SLOTS), drawn] / sums[:, -1])
        confidence += CHOICE * (1 - step / STEPS) * random.gumbel(size=SLOTS)
        confidence[codes < CODES] = -np.inf
        masked = (codes == CODES).sum()
        keep = masked - int(SLOTS * math.cos(math.pi / 2 * step / STEPS)) if step < STEPS else masked
        chosen = np.argpartition(-confidence, keep - 1)[:keep]
        codes[chosen] = drawn[chosen]
    vectors = codebooks[codes + np.arange(SLOTS) % 4 * CODES]
    return decode(np.ascontiguousarray(vectors.reshape(1, 16, 16, 256).transpose(0, 3, 1, 2)))
