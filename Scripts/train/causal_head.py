"""Asks whether the slots of a position should be predicted in order: python causal_head.py --prior RUN --tokenizer RUN --photos DIR --run DIR

Heads of the prior predict the slots of a position independently of each other. A causal head (FQGAN's
FAR, arXiv 2411.16681) sees the slots before; here it is trained on the features of a prior that stays
as it is. Prints bits a masked slot on held-back photographs, slots of a position coded in order.
"""

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from data import HELD_BACK, generator, load_photos
from prior import batch_of, encoded_photos
from prior_network import FeedForward, MaskedTransformer, RootMeanSquareNorm
from tokenizer import fast_bf16


class PairwiseHead(nn.Module):
    """Adds to the logits of a slot a vector for the code of each slot before it."""

    def __init__(self, width, slots, codes):
        super().__init__()
        self.tables = nn.ParameterList(torch.zeros(slot, codes, codes) for slot in range(slots))

    def forward(self, features, codes, heads):
        logits = []
        for slot, head in enumerate(heads):
            value = head(features)
            for earlier in range(slot):
                value = value + F.embedding(codes[..., earlier], self.tables[slot][earlier])
            logits.append(value)
        return torch.stack(logits, -2)


class CausalHead(nn.Module):
    """One transformer layer over [features, code of slot 0, code of slot 1, …], causal, as in FAR.

    Its outputs start at 0 and are added to the features, so that training starts at independent heads.
    """

    def __init__(self, width, slots, codes):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(codes, width) for _ in range(slots - 1))
        self.places = nn.Parameter(torch.zeros(slots, width))
        self.norm, self.up_norm = RootMeanSquareNorm(width), RootMeanSquareNorm(width)
        self.qkv, self.output = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.feed_forward = FeedForward(width)
        for last in (self.output, self.feed_forward.down):
            nn.init.zeros_(last.weight)
        for embedding in self.embeddings:
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, features, codes, heads):
        before = [table(codes[..., slot]) for slot, table in enumerate(self.embeddings)]
        start = torch.stack([features, *before], -2) + self.places
        q, k, v = self.qkv(self.norm(start)).unflatten(-1, (5, 3, -1)).unbind(-2)
        mixed = F.scaled_dot_product_attention(
            q.transpose(-3, -2), k.transpose(-3, -2), v.transpose(-3, -2), is_causal=True)
        x = self.output(mixed.transpose(-3, -2).flatten(-2))
        x = features.unsqueeze(-2) + x + self.feed_forward(self.up_norm(start + x))
        return torch.stack([head(x[..., slot, :]) for slot, head in enumerate(heads)], -2)


def nats(logits, wanted, mask):
    """The mean cross-entropy of masked slots."""
    return F.cross_entropy(logits.float()[mask], wanted[mask])


@torch.no_grad()
def held_back_bits(model, head, codes, no_label):
    """Bits a masked slot by the ratio of slots masked, with a head and without."""
    random, results = np.random.default_rng(7), {}
    wanted, heads = torch.from_numpy(codes[0, -HELD_BACK:]).long(), [slot.head for slot in model.slots]
    labels = torch.full((8,), no_label)
    for ratio in (0.25, 0.5, 0.75, 1.0):
        mask, sums = torch.from_numpy(random.random(wanted.shape) < ratio), np.zeros(2)
        for some, hidden in zip(wanted.split(8), mask.split(8)):
            features = model.features(some.masked_fill(hidden, model.codes), labels)
            flat, masked = some.flatten(1, 2), hidden.flatten(1, 2)
            alone = torch.stack([h(features) for h in heads], -2)
            together = head(features, flat, heads)
            sums += [nats(x, flat, masked).item() * masked.sum().item() for x in (alone, together)]
        results[ratio] = (sums / mask.sum().item() / math.log(2)).round(3).tolist()
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prior", required=True, type=Path, help="folder of a prior's run")
    parser.add_argument("--tokenizer", required=True, help="folder of its tokenizer's run")
    parser.add_argument("--photos", required=True)
    parser.add_argument("--run", required=True, type=Path, help="folder for the codes of the photographs")
    parser.add_argument("--cache", help="folder for decoded photographs (default: beside the run)")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    device = arguments.device
    state = torch.load(arguments.prior / "state.pt", map_location=device, weights_only=True)
    config = {**state["config"], "batch": 8, "labelDropout": 1}
    photos, names = load_photos(arguments.photos, arguments.cache or arguments.run / "cache", device)
    arguments.run.mkdir(parents=True, exist_ok=True)
    codes = encoded_photos(arguments.tokenizer, photos, arguments.run / "codes.npy", 1)
    slots, side, width = codes.shape[-1], codes.shape[2], config["width"]
    model = MaskedTransformer(config["layers"], width, config["heads"], len(state["labels"]), slots).to(device)
    model.load_state_dict(state["model"])
    model.requires_grad_(False)
    tensor, labels = torch.from_numpy(np.array(codes)).to(device), torch.zeros(len(names), dtype=torch.long, device=device)
    config["window"] = min(config["window"], side)
    for kind in (PairwiseHead, CausalHead):
        torch.manual_seed(1)
        head = kind(width, slots, model.codes).to(device)
        heads = nn.ModuleList(slot.head for slot in model.slots)
        optimizer, began = torch.optim.AdamW(head.parameters(), lr=2e-3, weight_decay=0.01), time.time()
        for step in range(arguments.steps):
            wanted, seen, mask, named = batch_of(tensor, labels, len(state["labels"]), config, generator(device, 1, step))
            flat, masked = wanted.flatten(1, 2), mask.flatten(1, 2)
            with torch.autocast(device, torch.bfloat16, enabled=fast_bf16(device)):
                with torch.no_grad():
                    features = model.features(seen, named)
                loss = nats(head(features, flat, heads), flat, masked)
            optimizer.param_groups[0]["lr"] = 2e-3 * min(1, (step + 1) / 20) * (1 - step / arguments.steps)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            if step % 25 == 0:
                print(f"step {step} {time.time() - began:.0f} s bits {loss.item() / math.log(2):.3f}", flush=True)
        count = sum(p.numel() for p in head.parameters())
        print(f"{kind.__name__}, {count} weights, bits by ratio masked, alone and in order: "
              f"{held_back_bits(model, head, codes, len(state['labels']))}", flush=True)


if __name__ == "__main__":
    main()
