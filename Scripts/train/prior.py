"""Trains a prior over a tokenizer's codes: python prior.py configs/prior.json --tokenizer RUN --photos DIR --run DIR

The dimension-wise tokenizer needs its bins first (`tessera fit-bins`, then `levels.npy` by
export.py). Stop at any time; the same command goes on. The learning rate falls linearly over
`steps`, or over `--minutes` if those end first.
"""

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import HELD_BACK, load_photos
from encoding import codes_of, load_run
from muon import Muon
from prior_network import MaskedTransformer
from tokenizer import SAVE_EVERY_SECONDS, fast_bf16

PHASES = ((0, 0), (4, 4))  # shifts in pixels: more grids from the same photographs


def encoded_photos(tokenizer_run, photos, cache, device):
    """Codes [phase, N, 32, 32, 4] of all photographs, with and without a shift of half a position."""
    path = Path(cache)
    if not path.exists():
        model, _ = load_run(tokenizer_run, device)
        phases = [codes_of(model, np.roll(photos, (-y, -x), (1, 2)), device) for y, x in PHASES]
        np.save(path.with_suffix(".part.npy"), np.stack(phases))
        os.replace(path.with_suffix(".part.npy"), path)
    return np.load(path, mmap_mode="r")


def random_mask(count, window, slots, random):
    """True = masked, [count, window, window, slots], the mean ratio spread as in MaskGIT's cosine.

    Half of the masks choose slot by slot (MaskBit), a quarter whole positions, a quarter a box of
    positions: holes in pictures are boxes.
    """
    mask = np.zeros((count, window, window, slots), bool)
    for one in mask:
        ratio = math.cos(random.random() * math.pi / 2)
        kind = random.integers(4)
        if kind < 2:
            one[:] = random.random(one.shape) < ratio
        elif kind == 2:
            one[:] = random.random((window, window, 1)) < ratio
        else:
            h, w = random.integers(window // 4, window + 1, 2)
            y, x = random.integers(0, window - h + 1), random.integers(0, window - w + 1)
            one[y : y + h, x : x + w] = True
            one |= random.random((window, window, 1)) < ratio * random.random()
    mask[~mask.any((1, 2, 3)), 0, 0, 0] = True
    return mask


def batch_of(codes, labels, no_label, config, random, mask_code=256):
    """Windows of codes, what the network sees of them, and labels, some dropped for guidance."""
    window, count = config["window"], config["batch"]
    kept = codes.shape[1] - HELD_BACK
    picked = np.empty((count, window, window, codes.shape[-1]), np.int64)
    chosen = random.integers(0, kept, count)
    for one, photo in zip(picked, chosen):
        phase = random.integers(len(PHASES))
        limit = codes.shape[2] - window + (0 if phase == 0 else -1) + 1
        y, x = random.integers(0, limit, 2)
        one[:] = codes[phase, photo, y : y + window, x : x + window]
    mask = random_mask(count, window, codes.shape[-1], random)
    seen = np.where(mask, mask_code, picked)
    named = labels[chosen].copy()
    named[random.random(count) < config["labelDropout"]] = no_label
    return map(torch.from_numpy, (picked, seen, mask, named))


def used_labels(labels, least):
    """Indices of the labels that at least `least` photographs have; others count as none.

    A label is "source/name"; a photograph that only has a source has no label.
    """
    labels = [label.split("/")[1] if "/" in label else "" for label in labels]
    names = sorted(n for n in set(labels) if n and labels.count(n) >= least)
    index = {name: i for i, name in enumerate(names)}
    return names, np.array([index.get(label, len(names)) for label in labels])


class PriorRun:
    """Network, optimizers and counters of a run, and how they are saved."""

    def __init__(self, config, labels, folder, device):
        torch.manual_seed(config.get("seed", 1))
        self.config, self.labels, self.device = config, labels, device
        self.path = Path(folder) / "state.pt"
        self.model = MaskedTransformer(
            config["layers"], config["width"], config["heads"], len(labels)
        ).to(device)
        inner = [p for p in self.model.layers.parameters() if p.ndim == 2]
        known = {id(p) for p in inner}
        rest = [p for p in self.model.parameters() if id(p) not in known]
        dtype = torch.bfloat16 if fast_bf16(device) else torch.float32
        self.optimizers = [
            Muon(inner, config["muonRate"], dtype=dtype),
            torch.optim.AdamW(rest, lr=config["rate"], betas=(0.9, 0.95), weight_decay=0.01),
        ]
        self.step, self.seconds = 0, 0.0
        if self.path.exists():
            state = torch.load(self.path, map_location=device, weights_only=True)
            self.model.load_state_dict(state["model"])
            for optimizer, saved in zip(self.optimizers, state["optimizers"]):
                optimizer.load_state_dict(saved)
            self.step, self.seconds = state["step"], state["seconds"]

    def start_from(self, path, has_same_codes):
        """Takes the weights of another prior: all, or without embeddings and heads of other codes."""
        theirs = torch.load(path, map_location=self.device, weights_only=True)["model"]
        shared = ("layers.", "norm.", "label.")
        taken = {k: v for k, v in theirs.items() if has_same_codes or k.startswith(shared)}
        self.model.load_state_dict(taken, strict=False)

    def save(self):
        state = {
            "config": self.config,
            "labels": self.labels,
            "model": self.model.state_dict(),
            "optimizers": [o.state_dict() for o in self.optimizers],
            "step": self.step,
            "seconds": self.seconds,
        }
        torch.save(state, self.path.with_suffix(".part"))
        os.replace(self.path.with_suffix(".part"), self.path)


def train(run, codes, labels, minutes):
    """Steps of masked cross-entropy until the configured count or until the minutes are over."""
    config, device = run.config, run.device
    bf16 = fast_bf16(device)
    model = torch.compile(run.model) if device == "cuda" else run.model
    began, saved, average = time.time() - run.seconds, time.time(), None
    while True:
        run.seconds = time.time() - began
        progress = max(run.step / config["steps"], run.seconds / (60 * minutes))
        if progress >= 1:
            break
        random = np.random.default_rng([config.get("seed", 1), run.step])
        batch = batch_of(codes, labels, len(run.labels), config, random)
        wanted, seen, mask, named = (t.to(device) for t in batch)
        warm = min(1.0, (run.step + 1) / 50)
        for optimizer, rate in zip(run.optimizers, (config["muonRate"], config["rate"])):
            optimizer.param_groups[0]["lr"] = rate * warm * (1 - progress)
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            logits = model(seen, named)
        mask = mask.flatten(1, 2)
        loss = F.cross_entropy(logits[mask].float(), wanted.flatten(1, 2)[mask])
        run.model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
        for optimizer in run.optimizers:
            optimizer.step()
        run.step += 1
        bits = loss.item() / math.log(2)
        average = bits if average is None else 0.98 * average + 0.02 * bits
        if run.step % 50 == 0:
            pace = run.seconds / run.step
            print(f"step {run.step} {progress:.3f} bits a masked slot {average:.3f} ({pace:.2f} s a step)", flush=True)
        if time.time() - saved > SAVE_EVERY_SECONDS:
            run.save()
            saved = time.time()
    run.save()


@torch.no_grad()
def held_back_bits(run, codes):
    """Bits a masked slot on photographs never trained on, by the ratio of slots masked."""
    random, window = np.random.default_rng(7), run.config["window"]
    wanted = torch.from_numpy(codes[0, -HELD_BACK:, :window, :window].astype(np.int64))
    labels = torch.full((len(wanted),), len(run.labels))
    result = {}
    for ratio in (0.25, 0.5, 0.75, 1.0):
        mask = torch.from_numpy(random.random(wanted.shape) < ratio)
        seen = torch.where(mask, 256, wanted)
        logits = run.model(seen.to(run.device), labels.to(run.device)).cpu().float()
        flat = mask.flatten(1, 2)
        loss = F.cross_entropy(logits[flat], wanted.flatten(1, 2)[flat])
        result[ratio] = round(loss.item() / math.log(2), 3)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config")
    parser.add_argument("--tokenizer", required=True, help="folder of a tokenizer's run")
    parser.add_argument("--photos", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--cache", help="folder for decoded photographs (default: beside the run)")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--start-from", help="state.pt of another tokenizer's prior, for its layers")
    parser.add_argument("--go-on-from", help="state.pt of a prior of the same tokenizer, for all weights")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    config = json.loads(Path(arguments.config).read_text())
    Path(arguments.run).mkdir(parents=True, exist_ok=True)
    photos, names = load_photos(arguments.photos, arguments.cache or f"{arguments.run}/../cache")
    cache = f"{arguments.run}/codes.npy"
    codes = encoded_photos(arguments.tokenizer, photos, cache, arguments.device)
    labels, indices = used_labels(names, config["leastPhotosPerLabel"])
    run = PriorRun(config, labels, arguments.run, arguments.device)
    earlier = arguments.go_on_from or arguments.start_from
    if earlier and run.step == 0:
        run.start_from(earlier, has_same_codes=bool(arguments.go_on_from))
    train(run, codes, indices, arguments.minutes)
    print(f"done at step {run.step}, held back, bits by ratio masked: {held_back_bits(run, codes)}")


if __name__ == "__main__":
    main()
