"""Trains a prior over a tokenizer's codes.

    python -m tessera_training.prior configs/prior.json --tokenizer RUN --photos DIR --run DIR

Stop at any time; the same command goes on. The learning rate falls linearly over `steps`, or over
`--minutes` if those end first.
"""

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from tessera_training.data import HELD_BACK, generator
from tessera_training.encoding import codes_of, load_run
from tessera_training.loop import Config, Run, Task, fast_bf16, load_state, muon_and_adam, train
from tessera_training.options import photos_of, trainer_parser
from tessera_training.prior_network import MaskedTransformer


def encoded_photos(tokenizer_run: Path, photos: Tensor, cache: Path, phases: int) -> NDArray[np.uint8]:
    """Codes [phase, N, 31, 31, 4] of all photographs, cut and flipped differently in each phase.

    Phases cut 248 of 256 pixels elsewhere, every second one flipped left to right: more grids from
    the same photographs. The first is for measuring, too.
    """
    if not cache.exists():
        model, _ = load_run(tokenizer_run, photos.device.type)
        if not model.quantizer.has_bins:
            raise SystemExit(f"the run '{tokenizer_run}' has no bins yet: let it end first")
        random, side = np.random.default_rng(0), photos.shape[1] - 8
        encoded = []
        for phase in range(phases):
            y, x = random.integers(0, 9, 2) if phase else (0, 0)
            cut = photos[:, y : y + side, x : x + side]
            encoded.append(codes_of(model, cut.flip(2) if phase % 2 else cut))
        partial = cache.with_suffix(".part.npy")
        np.save(partial, np.stack(encoded))
        os.replace(partial, cache)
    codes: NDArray[np.uint8] = np.load(cache, mmap_mode="c")
    return codes


def random_mask(count: int, window: int, slots: int, draw: dict[str, Any]) -> Tensor:
    """True = masked, [count, window, window, slots], the mean ratio spread as in MaskGIT's cosine.

    Half of the masks choose slot by slot (MaskBit), a quarter whole positions, a quarter a box of
    positions: holes in pictures are boxes. `draw` says whose random numbers and where.
    """

    def uniform(*shape: int) -> Tensor:
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


def batch_of(
    codes: Tensor, labels: Tensor, no_label: int, config: Config, random: torch.Generator, mask_code: int = 256
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Windows of codes, what the network sees of them, and labels, some dropped for guidance."""
    window, count, device = config["window"], config["batch"], codes.device
    draw: dict[str, Any] = {"generator": random, "device": device}
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


def used_labels(labels: list[str], least: int) -> tuple[list[str], NDArray[np.int64]]:
    """Indices of the labels that at least `least` photographs have; others count as none.

    A label is "source/name"; a photograph that only has a source has no label.
    """
    labels = [label.split("/")[1] if "/" in label else "" for label in labels]
    names = sorted(n for n in set(labels) if n and labels.count(n) >= least)
    index = {name: i for i, name in enumerate(names)}
    return names, np.array([index.get(label, len(names)) for label in labels])


class PriorRun(Run):
    """A masked transformer in training."""

    model: MaskedTransformer

    def __init__(self, config: Config, labels: list[str], slots: int, folder: Path, device: str):
        torch.manual_seed(config.get("seed", 1))
        model = MaskedTransformer(config["layers"], config["width"], config["heads"], len(labels), slots)
        model = model.to(device)
        inner = [p for p in model.layers.parameters() if p.ndim == 2]
        known = {id(p) for p in inner}
        rest = [p for p in model.parameters() if id(p) not in known]
        super().__init__(config, folder, device, model, muon_and_adam(inner, rest, config, device))
        self.labels = self.metadata["labels"] = labels

    def start_from(self, path: Path, has_same_codes: bool) -> None:
        """Takes the weights of another prior: all, or without embeddings and heads of other codes."""
        theirs = load_state(path, self.device)["model"]
        shared = ("layers.", "norm.", "label.")
        taken = {k: v for k, v in theirs.items() if has_same_codes or k.startswith(shared)}
        self.model.load_state_dict(taken, strict=False)


def masked_nats(logits: Tensor, wanted: Tensor, mask: Tensor) -> Tensor:
    """The mean cross-entropy of masked slots, in nats."""
    nats = F.cross_entropy(logits.float().flatten(0, -2), wanted.flatten(), reduction="none")
    return (nats * mask.flatten()).sum() / mask.sum()


def compiled_parts(model: MaskedTransformer) -> Any:
    """Compiles the layer, once for all of them, and the loss: all layers in one graph take over a minute."""
    for layer in model.layers:
        layer.compile(dynamic=False)
    return torch.compile(masked_nats, dynamic=False)


class PriorTask(Task):
    """Masked cross-entropy of windows of codes."""

    def __init__(self, run: PriorRun, codes: NDArray[np.uint8], labels: NDArray[np.int64]):
        self.run, self.bf16 = run, fast_bf16(run.device)
        self.nats = compiled_parts(run.model) if run.device == "cuda" else masked_nats
        self.codes, self.labels = torch.from_numpy(codes).to(run.device), torch.from_numpy(labels).to(run.device)

    def loss(self, progress: float) -> tuple[Tensor, Tensor]:
        run = self.run
        random = generator(run.device, run.config.get("seed", 1), run.step)
        wanted, seen, mask, named = batch_of(self.codes, self.labels, len(run.labels), run.config, random)
        with torch.autocast(run.device, torch.bfloat16, enabled=self.bf16):
            loss = self.nats(run.model(seen, named), wanted, mask)
        return loss, loss.detach() / math.log(2)

    def shown(self, figure: float) -> str:
        return f"bits a masked slot {figure:.3f}"

    def held_back(self) -> str:
        return f"bits by ratio masked: {held_back_bits(self.run, self.codes)}"


@torch.no_grad()
def held_back_bits(run: PriorRun, codes: Tensor) -> dict[float, float]:
    """Bits a masked slot on photographs never trained on, by the ratio of slots masked."""
    random, window = np.random.default_rng(7), run.config["window"]
    wanted = codes[0, -HELD_BACK:, :window, :window].cpu().long()
    labels = torch.full((len(wanted),), len(run.labels))
    result = {}
    for ratio in (0.25, 0.5, 0.75, 1.0):
        mask = torch.from_numpy(random.random(wanted.shape) < ratio)
        seen = torch.where(mask, 256, wanted)
        with torch.compiler.set_stance("force_eager"):
            logits = run.model(seen.to(run.device), labels.to(run.device)).cpu().float()
        flat = mask.flatten(1, 2)
        loss = F.cross_entropy(logits[flat], wanted.flatten(1, 2)[flat])
        result[ratio] = round(loss.item() / math.log(2), 3)
    return result


def main() -> None:
    parser = trainer_parser(__doc__)
    parser.add_argument("--tokenizer", required=True, type=Path, help="folder of a tokenizer's run")
    parser.add_argument("--start-from", type=Path, help="state.pt of another tokenizer's prior, for its layers")
    parser.add_argument("--go-on-from", type=Path, help="state.pt of a prior of the same tokenizer, for all weights")
    arguments = parser.parse_args()
    config = json.loads(arguments.config.read_text())
    photos, names = photos_of(arguments, arguments.run.absolute().parent / "cache")
    arguments.run.mkdir(parents=True, exist_ok=True)
    codes = encoded_photos(arguments.tokenizer, photos, arguments.run / "codes.npy", config.get("phases", 2))
    labels, indices = used_labels(names, config["leastPhotosPerLabel"])
    run = PriorRun(config, labels, codes.shape[-1], arguments.run, arguments.device)
    earlier = arguments.go_on_from or arguments.start_from
    if earlier and not run.state_path.exists():
        run.start_from(earlier, has_same_codes=bool(arguments.go_on_from))
    run.resume()
    train(run, PriorTask(run, codes, indices), arguments.minutes, arguments.until)


if __name__ == "__main__":
    main()
