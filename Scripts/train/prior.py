"""Trains a prior over a tokenizer's codes: python prior.py configs/prior.json --tokenizer RUN --photos DIR --run DIR

Stop at any time; the same command goes on. The learning rate falls linearly over `steps`, or over
`--minutes` if those end first.
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

from data import HELD_BACK, generator, load_photos
from encoding import codes_of, load_run
from muon import Muon
from prior_network import MaskedTransformer
from tokenizer import SAVE_EVERY_SECONDS, SHOW_EVERY_SECONDS, fast_bf16

def encoded_photos(tokenizer_run, photos, cache, phases):
    """Codes [phase, N, 31, 31, 4] of all photographs, cut and flipped differently in each phase.

    Phases cut 248 of 256 pixels elsewhere, every second one flipped left to right: more grids from
    the same photographs. The first is for measuring, too.
    """
    path = Path(cache)
    if not path.exists():
        model, _ = load_run(tokenizer_run, photos.device.type)
        if not model.quantizer.has_bins:
            raise SystemExit(f"the run '{tokenizer_run}' has no bins yet: let it end first")
        random, side = np.random.default_rng(0), photos.shape[1] - 8
        encoded = []
        for phase in range(phases):
            y, x = random.integers(0, 9, 2) if phase else (0, 0)
            cut = photos[:, y : y + side, x : x + side]
            encoded.append(codes_of(model, cut.flip(2) if phase % 2 else cut))
        np.save(path.with_suffix(".part.npy"), np.stack(encoded))
        os.replace(path.with_suffix(".part.npy"), path)
    return np.load(path, mmap_mode="c")


def random_mask(count, window, slots, draw):
    """True = masked, [count, window, window, slots], the mean ratio spread as in MaskGIT's cosine.

    Half of the masks choose slot by slot (MaskBit), a quarter whole positions, a quarter a box of
    positions: holes in pictures are boxes. `draw` says whose random numbers and where.
    """

    def uniform(*shape):
        return torch.rand(count, *shape, **draw)

    ratio = (uniform(1, 1, 1) * math.pi / 2).cos()
    kind = torch.randint(4, (count, 1, 1, 1), **draw)
    slots_alone = uniform(window, window, slots) < ratio
    noise = uniform(window, window, 1)
    least = window // 4
    sides = least + (uniform(2) * (window + 1 - least)).long()
    starts = (uniform(2) * (window - sides + 1)).long()
    place = torch.arange(window, device=draw["device"]).view(1, 1, -1)
    rows, columns = ((place >= starts[..., None]) & (place < (starts + sides)[..., None])).unbind(1)
    box = rows[:, :, None, None] & columns[:, None, :, None]
    box = box | (noise < ratio * uniform(1, 1, 1))
    mask = torch.where(kind < 2, slots_alone, torch.where(kind == 2, noise < ratio, box))
    mask[:, 0, 0, 0] |= ~mask.flatten(1).any(1)
    return mask


def batch_of(codes, labels, no_label, config, random, mask_code=256):
    """Windows of codes, what the network sees of them, and labels, some dropped for guidance."""
    window, count, device = config["window"], config["batch"], codes.device
    draw = {"generator": random, "device": device}
    phase = torch.randint(codes.shape[0], (count, 1, 1), **draw)
    photo = torch.randint(codes.shape[1] - HELD_BACK, (count, 1, 1), **draw)
    side, reach = torch.arange(window, device=device), codes.shape[2] - window + 1
    y = torch.randint(reach, (count, 1), **draw) + side
    x = torch.randint(reach, (count, 1), **draw) + side
    picked = codes[phase, photo, y.unsqueeze(2), x.unsqueeze(1)].long()
    mask = random_mask(count, window, codes.shape[-1], draw)
    dropped = torch.rand(count, **draw) < config["labelDropout"]
    named = labels[photo.flatten()].masked_fill(dropped, no_label)
    return picked, picked.masked_fill(mask, mask_code), mask, named


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

    def __init__(self, config, labels, slots, folder, device):
        torch.manual_seed(config.get("seed", 1))
        self.config, self.labels, self.device = config, labels, device
        self.path = Path(folder) / "state.pt"
        self.model = MaskedTransformer(
            config["layers"], config["width"], config["heads"], len(labels), slots
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


def masked_nats(logits, wanted, mask):
    """The mean cross-entropy of masked slots, in nats."""
    nats = F.cross_entropy(logits.float().flatten(0, -2), wanted.flatten(), reduction="none")
    return (nats * mask.flatten()).sum() / mask.sum()


def compiled_parts(model):
    """Compiles the layer, once for all of them, and the loss: all layers in one graph take over a minute."""
    for layer in model.layers:
        layer.compile(dynamic=False)
    return torch.compile(masked_nats, dynamic=False)


def train(run, codes, labels, minutes, until):
    """Steps of masked cross-entropy until a part of the configured count, or of the minutes, is over."""
    config, device = run.config, run.device
    bf16 = fast_bf16(device)
    nats = compiled_parts(run.model) if device == "cuda" else masked_nats
    codes, labels = torch.from_numpy(codes).to(device), torch.from_numpy(labels).to(device)
    began, saved, shown, average = time.time() - run.seconds, time.time(), 0.0, None
    while True:
        run.seconds = time.time() - began
        progress = max(run.step / config["steps"], run.seconds / (60 * minutes))
        if progress >= until:
            break
        random = generator(device, config.get("seed", 1), run.step)
        wanted, seen, mask, named = batch_of(codes, labels, len(run.labels), config, random)
        warm = min(1.0, (run.step + 1) / 50)
        for optimizer, rate in zip(run.optimizers, (config["muonRate"], config["rate"])):
            optimizer.param_groups[0]["lr"] = rate * warm * (1 - progress)
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            loss = nats(run.model(seen, named), wanted, mask)
        run.model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
        for optimizer in run.optimizers:
            optimizer.step()
        run.step += 1
        bits = loss.detach() / math.log(2)
        average = bits if average is None else 0.98 * average + 0.02 * bits
        if run.seconds - shown > SHOW_EVERY_SECONDS or run.step >= until * config["steps"]:
            shown = run.seconds
            print(
                f"step {run.step} {progress:.3f} {run.seconds:.0f} s bits a masked slot {average.item():.3f}",
                flush=True,
            )
        if time.time() - saved > SAVE_EVERY_SECONDS:
            run.save()
            print(f"held back: {held_back_bits(run, codes)}", flush=True)
            saved = time.time()
    run.save()
    print(f"done at step {run.step}, held back, bits by ratio masked: {held_back_bits(run, codes)}")


@torch.no_grad()
@torch.compiler.set_stance("force_eager")
def held_back_bits(run, codes):
    """Bits a masked slot on photographs never trained on, by the ratio of slots masked."""
    random, window = np.random.default_rng(7), run.config["window"]
    wanted = codes[0, -HELD_BACK:, :window, :window].cpu().long()
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
    parser.add_argument("--until", type=float, default=1, help="stop after this part of the run")
    parser.add_argument("--start-from", help="state.pt of another tokenizer's prior, for its layers")
    parser.add_argument("--go-on-from", help="state.pt of a prior of the same tokenizer, for all weights")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    config = json.loads(Path(arguments.config).read_text())
    Path(arguments.run).mkdir(parents=True, exist_ok=True)
    folder = arguments.cache or f"{arguments.run}/../cache"
    photos, names = load_photos(arguments.photos, folder, arguments.device)
    cache = f"{arguments.run}/codes.npy"
    phases = config.get("phases", 2)
    codes = encoded_photos(arguments.tokenizer, photos, cache, phases)
    labels, indices = used_labels(names, config["leastPhotosPerLabel"])
    run = PriorRun(config, labels, codes.shape[-1], arguments.run, arguments.device)
    earlier = arguments.go_on_from or arguments.start_from
    if earlier and run.step == 0:
        run.start_from(earlier, has_same_codes=bool(arguments.go_on_from))
    train(run, codes, indices, arguments.minutes, arguments.until)


if __name__ == "__main__":
    main()
