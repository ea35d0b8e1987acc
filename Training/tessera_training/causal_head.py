"""Asks whether the slots of a position should be predicted in order.

    python -m tessera_training.causal_head --prior RUN --tokenizer RUN --photos DIR --run DIR

Heads of the prior predict the slots of a position independently of each other. A causal head (FQGAN's
FAR, arXiv 2411.16681) sees the slots before; here it is trained on the features of a prior that stays
as it is. Prints bits a masked slot on held-back photographs, slots of a position coded in order.
"""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from tessera_training.data import HELD_BACK, generator
from tessera_training.loop import Config, Run, Task, fast_bf16, load_state, train
from tessera_training.options import photo_parser, photos_of
from tessera_training.prior import batch_of, encoded_photos
from tessera_training.prior_network import FeedForward, MaskedTransformer, RootMeanSquareNorm

RATE, WARM_UP = 2e-3, 20


class PairwiseHead(nn.Module):
    """Adds to the logits of a slot a vector for the code of each slot before it."""

    def __init__(self, width: int, slots: int, codes: int):
        super().__init__()
        self.tables = nn.ParameterList(torch.zeros(slot, codes, codes) for slot in range(slots))

    def forward(self, features: Tensor, codes: Tensor, heads: Iterable[nn.Module]) -> Tensor:
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

    def __init__(self, width: int, slots: int, codes: int):
        super().__init__()
        tables = [nn.Embedding(codes, width) for _ in range(slots - 1)]
        self.embeddings = nn.ModuleList(tables)
        self.places = nn.Parameter(torch.zeros(slots, width))
        self.norm, self.up_norm = RootMeanSquareNorm(width), RootMeanSquareNorm(width)
        self.qkv, self.output = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.feed_forward = FeedForward(width)
        for last in (self.output, self.feed_forward.down):
            nn.init.zeros_(last.weight)
        for table in tables:
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, features: Tensor, codes: Tensor, heads: Iterable[nn.Module]) -> Tensor:
        before = [table(codes[..., slot]) for slot, table in enumerate(self.embeddings)]
        start = torch.stack([features, *before], -2) + self.places
        q, k, v = self.qkv(self.norm(start)).unflatten(-1, (5, 3, -1)).unbind(-2)
        mixed = F.scaled_dot_product_attention(
            q.transpose(-3, -2), k.transpose(-3, -2), v.transpose(-3, -2), is_causal=True
        )
        x = self.output(mixed.transpose(-3, -2).flatten(-2))
        x = features.unsqueeze(-2) + x + self.feed_forward(self.up_norm(start + x))
        return torch.stack([head(x[..., slot, :]) for slot, head in enumerate(heads)], -2)


def nats(logits: Tensor, wanted: Tensor, mask: Tensor) -> Tensor:
    """The mean cross-entropy of masked slots."""
    return F.cross_entropy(logits.float()[mask], wanted[mask])


@torch.no_grad()
def held_back_bits(
    model: MaskedTransformer, head: nn.Module, codes: NDArray[np.uint8], no_label: int
) -> dict[float, list[float]]:
    """Bits a masked slot by the ratio of slots masked, with a head and without."""
    random, results = np.random.default_rng(7), {}
    wanted, heads = torch.from_numpy(codes[0, -HELD_BACK:]).long(), [slot.head for slot in model.slots]
    labels = torch.full((8,), no_label)
    for ratio in (0.25, 0.5, 0.75, 1.0):
        mask, sums = torch.from_numpy(random.random(wanted.shape) < ratio), np.zeros(2)
        for some, hidden in zip(wanted.split(8), mask.split(8), strict=True):
            features = model.features(some.masked_fill(hidden, model.codes), labels)
            flat, masked = some.flatten(1, 2), hidden.flatten(1, 2)
            alone = torch.stack([h(features) for h in heads], -2)
            together = head(features, flat, heads)
            sums += [nats(x, flat, masked).item() * masked.sum().item() for x in (alone, together)]
        results[ratio] = (sums / mask.sum().item() / math.log(2)).round(3).tolist()
    return results


class HeadTask(Task):
    """Cross-entropy of masked slots by a head on the features of a prior that stays as it is."""

    def __init__(self, run: Run, model: MaskedTransformer, codes: NDArray[np.uint8], no_label: int):
        self.run, self.model, self.numbers, self.no_label = run, model, codes, no_label
        self.codes = torch.from_numpy(codes).to(run.device)
        self.labels = torch.zeros(codes.shape[1], dtype=torch.long, device=run.device)
        self.heads = [slot.head for slot in model.slots]
        self.bf16 = fast_bf16(run.device)

    def loss(self, progress: float) -> tuple[Tensor, Tensor]:
        run = self.run
        random = generator(run.device, 1, run.step)
        wanted, seen, mask, named = batch_of(self.codes, self.labels, self.no_label, run.config, random)
        flat, masked = wanted.flatten(1, 2), mask.flatten(1, 2)
        with torch.autocast(run.device, torch.bfloat16, enabled=self.bf16):
            with torch.no_grad():
                features = self.model.features(seen, named)
            loss = nats(run.model(features, flat, self.heads), flat, masked)
        return loss, loss.detach() / math.log(2)

    def shown(self, figure: float) -> str:
        return f"bits {figure:.3f}"

    def held_back(self) -> str:
        bits = held_back_bits(self.model, self.run.model, self.numbers, self.no_label)
        return f"bits by ratio masked, alone and in order: {bits}"


def head_run(kind: type[nn.Module], folder: Path, device: str, config: Config, slots: int, codes: int) -> Run:
    """A head in training, from where it was saved."""
    torch.manual_seed(1)
    head = kind(config["width"], slots, codes).to(device)
    run = Run(config, folder, device, head, [torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.01)])
    run.resume()
    print(f"{kind.__name__}, {sum(p.numel() for p in head.parameters())} weights", flush=True)
    return run


def main() -> None:
    parser = photo_parser(__doc__)
    parser.add_argument("--prior", required=True, type=Path, help="folder of a prior's run")
    parser.add_argument("--tokenizer", required=True, type=Path, help="folder of its tokenizer's run")
    parser.add_argument("--steps", type=int, default=300)
    arguments = parser.parse_args()
    device = arguments.device
    state = load_state(arguments.prior / "state.pt", device)
    photos, _ = photos_of(arguments, arguments.run / "cache")
    arguments.run.mkdir(parents=True, exist_ok=True)
    codes = encoded_photos(arguments.tokenizer, photos, arguments.run / "codes.npy", 1)
    config = {
        **state["config"],
        "window": min(state["config"]["window"], codes.shape[2]),
        "batch": 8,
        "labelDropout": 1,
        "steps": arguments.steps,
        "warmUp": WARM_UP,
        "clip": None,
    }
    slots, no_label = codes.shape[-1], len(state["labels"])
    model = MaskedTransformer(config["layers"], config["width"], config["heads"], no_label, slots).to(device)
    model.load_state_dict(state["model"])
    model.requires_grad_(False)
    for kind in (PairwiseHead, CausalHead):
        run = head_run(kind, arguments.run / kind.__name__, device, config, slots, model.codes)
        train(run, HeadTask(run, model, codes, no_label))


if __name__ == "__main__":
    main()
