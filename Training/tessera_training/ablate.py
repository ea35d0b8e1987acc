"""Trains variants of the quantizers briefly, and compares them.

    python -m tessera_training.ablate --photos DIR --run DIR

Prints a Markdown table of what each variant of configs/ablation.json reaches on the photographs that are
held back, and, for the dimension-wise tokenizer that was trained without bins, of laws for its bins.
Variants whose run is done are not trained again.
"""

import json
from pathlib import Path

import torch
from torch import Tensor

from tessera_training.data import HELD_BACK
from tessera_training.encoding import codes_of
from tessera_training.loop import Config, train
from tessera_training.options import photo_parser, photos_of
from tessera_training.tokenizer import TokenizerRun, TokenizerTask, held_back_psnr, start_bins, training_crops

CONFIG = Path(__file__).parents[1] / "configs" / "ablation.json"


def perplexity(codes: torch.Tensor) -> float:
    """Two to the entropy of a slot's codes, the mean over the slots, for codes [N, h, w, slots]."""
    each = []
    for slot in codes.flatten(0, 2).unbind(1):
        p = torch.bincount(slot.long()).double() / len(slot)
        each.append(torch.exp(-(p[p > 0] * p[p > 0].log()).sum()))
    return torch.stack(each).mean().item()


def trained(config: Config, folder: Path, photos: Tensor) -> TokenizerRun:
    """A run to its end; one that was saved goes on where it was."""
    run = TokenizerRun(config, folder, photos.device.type)
    run.resume()
    if run.step < config["steps"]:
        train(run, TokenizerTask(run, photos))
    return run


def print_row(name: str, run: TokenizerRun, photos: Tensor) -> None:
    codes = torch.from_numpy(codes_of(run.model.eval(), photos[-HELD_BACK:]))
    print(f"| {name} | {held_back_psnr(run.model, photos):.2f} | {perplexity(codes):.0f} |", flush=True)


@torch.no_grad()
def print_laws(run: TokenizerRun, photos: Tensor) -> None:
    """Rows for bins that no training follows, and how the variance of the latents is spread."""
    quantizer, crops = run.model.quantizer, training_crops(run.config, photos)
    latents = torch.cat([run.model.encoder(crops(64, 64, index)).float() for index in range(4)])
    channels = quantizer.normed(latents, False).transpose(0, 1).flatten(1)
    shares = torch.linalg.eigvalsh(channels.cov()).flip(0)
    for law, reaches in (("lloyd-max", (0.0,)), ("gaussian", (2.0, 3.0, 5.0)), ("uniform", (2.0, 3.0, 5.0))):
        for quantizer.reach in reaches:
            quantizer.law = law
            start_bins(run, crops)
            within = f", within {quantizer.reach:g}" if quantizer.reach else ""
            print_row(f"dimension, {law}{within}", run, photos)
    rounded = [round(share, 3) for share in (shares / shares.sum()).tolist()]
    print(f"\nPrincipal components of the latents have these shares: {rounded}")


def main() -> None:
    parser = photo_parser(__doc__)
    parser.add_argument("--variants", default="", help="only those whose names begin so")
    parser.add_argument("--config", type=Path, default=CONFIG, help="the variants (configs/ablation.json)")
    arguments = parser.parse_args()
    config = json.loads(arguments.config.read_text())
    photos, _ = photos_of(arguments, arguments.run / "cache")
    runs = {
        name: trained({**config["all"], **variant}, arguments.run / name, photos)
        for name, variant in config["variants"].items()
        if name.startswith(arguments.variants)
    }
    print("\n| variant | PSNR, dB, held back | perplexity |\n|---|---|---|")
    for name, run in runs.items():
        print_row(name, run, photos)
    for name, run in runs.items():
        if name.endswith("at the end"):
            print_laws(run, photos)


if __name__ == "__main__":
    main()
