"""Trains variants of the quantizers briefly, and compares them: python ablate.py --photos DIR --run DIR

Prints a Markdown table of what each variant of configs/ablation.json reaches on the photographs that are
held back, and, for the dimension-wise tokenizer that was trained without bins, of laws for its bins.
Variants whose run is done are not trained again.
"""

import argparse
import json
from pathlib import Path

import torch

from data import HELD_BACK, load_photos
from encoding import codes_of
from tokenizer import Run, held_back_psnr, start_bins, train, training_crops


def perplexity(codes: torch.Tensor) -> float:
    """Two to the entropy of a slot's codes, the mean over the slots, for codes [N, h, w, slots]."""
    each = []
    for slot in codes.flatten(0, 2).unbind(1):
        p = torch.bincount(slot.long()).double() / len(slot)
        each.append(torch.exp(-(p[p > 0] * p[p > 0].log()).sum()))
    return torch.stack(each).mean().item()


def trained(config: dict, folder: Path, photos) -> Run:
    """A run to its end; one that was saved goes on where it was."""
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(config, folder, photos.device.type)
    run.resume()
    if run.step < config["steps"]:
        train(run, photos, float("inf"), None, 1)
    return run


def row(name: str, run: Run, photos):
    codes = torch.from_numpy(codes_of(run.model.eval(), photos[-HELD_BACK:]))
    print(f"| {name} | {held_back_psnr(run.model, photos):.2f} | {perplexity(codes):.0f} |", flush=True)


@torch.no_grad()
def laws(run: Run, photos):
    """Rows for bins that no training follows, and how the variance of the latents is spread."""
    quantizer, crops = run.model.quantizer, training_crops(run.config, photos)
    latents = torch.cat([run.model.encoder(crops(64, 64, index)).float() for index in range(4)])
    channels = quantizer.normed(latents, False).transpose(0, 1).flatten(1)
    shares = torch.linalg.eigvalsh(channels.cov()).flip(0)
    for law, reaches in (("lloyd-max", (0.0,)), ("gaussian", (2.0, 3.0, 5.0)), ("uniform", (2.0, 3.0, 5.0))):
        for quantizer.reach in reaches:
            quantizer.law = law
            start_bins(run, crops)
            row(f"dimension, {law}" + (f", within {quantizer.reach:g}" if quantizer.reach else ""), run, photos)
    print(f"\nPrincipal components of the latents have these shares: {[round(s, 3) for s in (shares / shares.sum()).tolist()]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", required=True, help="folder of .tar files of photographs")
    parser.add_argument("--run", required=True, type=Path, help="folder for the runs")
    parser.add_argument("--cache", help="folder for decoded photographs (default: beside the runs)")
    parser.add_argument("--variants", default="", help="only those whose names begin so")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    configs = json.loads((Path(__file__).parent / "configs" / "ablation.json").read_text())
    photos, _ = load_photos(arguments.photos, arguments.cache or arguments.run / "cache", arguments.device)
    rows = []
    for name, config in configs["variants"].items():
        if name.startswith(arguments.variants):
            rows.append((name, trained({**configs["all"], **config}, arguments.run / name, photos)))
    print("\n| variant | PSNR, dB, held back | perplexity |\n|---|---|---|")
    for name, run in rows:
        row(name, run, photos)
    for name, run in rows:
        if name.endswith("at the end"):
            laws(run, photos)


if __name__ == "__main__":
    main()
