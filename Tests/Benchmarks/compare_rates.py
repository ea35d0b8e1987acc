"""Quality against bits a pixel, beside JPEG and WebP: compare_rates.py TESSERA PICTURES SQUEEZENET PLOT.svg

Prints a Markdown table and draws a plot. A JPEG (4:2:0, optimised) or WebP counts with its whole file. Tokens
count twice: as they are, and as short as the prior could code them (`codedBits` of `tessera evaluate`).
The distance is that of SqueezeNet features, as in `losses.py` of the training scripts. Needs matplotlib, numpy,
pillow, safetensors and torch.
"""

import argparse
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import torch
from PIL import Image

from tessera_training.data import as_pixels
from tessera_training.losses import PerceptualDistance

QUALITIES = {
    "JPEG": (3, 6, 10, 16, 24, 34, 46, 60, 75),
    "WebP": (0, 3, 8, 15, 25, 40, 55, 70, 80),
}
OPTIONS: dict[str, dict[str, Any]] = {"JPEG": {"optimize": True}, "WebP": {"method": 6}}


def compressed(picture: Image.Image, form: str, quality: int) -> tuple[int, Image.Image]:
    """The bytes of a file, and the picture in it."""
    file = io.BytesIO()
    picture.save(file, form, quality=quality, **OPTIONS[form])
    return file.tell(), Image.open(file).convert("RGB")


def codec_row(pictures, form, quality, distance):
    """Bits a pixel, PSNR and distance, means over the pictures."""
    figures = []
    for picture in pictures:
        size, other = compressed(picture, form, quality)
        a, b = (torch.from_numpy(np.array(image)).unsqueeze(0) for image in (other, picture))
        error = (a.double() - b.double()).square().mean().item()
        with torch.no_grad():
            far = distance(as_pixels(a), as_pixels(b)).item()
        figures.append((8 * size / (picture.width * picture.height), 10 * np.log10(255**2 / error), far))
    return np.mean(figures, axis=0)


def evaluated(tessera, pictures, model, *options) -> dict:
    """The means of `tessera evaluate`."""
    command = [tessera, "evaluate", pictures, "--model", model, "--json", "--quiet", *options]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])["mean"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tessera")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("squeezenet", type=Path)
    parser.add_argument("plot", type=Path)
    arguments = parser.parse_args()
    pictures = [Image.open(path).convert("RGB") for path in sorted(arguments.pictures.glob("*.png"))]
    distance = PerceptualDistance(str(arguments.squeezenet))
    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4))
    print("| | bits a pixel | PSNR, dB | perceptual distance |\n|---|---|---|---|")
    for form, qualities in QUALITIES.items():
        rows = np.array([codec_row(pictures, form, quality, distance) for quality in qualities])
        for quality, (bits, psnr, far) in zip(qualities, rows, strict=True):
            print(f"| {form}, quality {quality} | {bits:.3f} | {psnr:.2f} | {far:.3f} |")
        left.plot(rows[:, 0], rows[:, 1], label=form)
        right.plot(rows[:, 0], rows[:, 2], label=form)
    models = subprocess.run([arguments.tessera, "models", "--json"], check=True, stdout=subprocess.PIPE)
    for model in map(json.loads, models.stdout.splitlines()):
        name, prior = model["name"], None
        if model["prior"]:
            prior = evaluated(arguments.tessera, arguments.pictures, name, "--task", "prior")
        for decoder, mark in (("psnr", "o"), ("perceptual", "^")):
            mean = evaluated(
                arguments.tessera, arguments.pictures, name, "--decoder", decoder, "--perceptual", arguments.squeezenet
            )
            bits = {"as stored": mean["bitsPerPixel"]}
            if prior:  # slots are of 256 codes: 8 bits, of which the prior needs fewer
                bits["coded by the prior"] = mean["bitsPerPixel"] * prior["codedBits"] / 8
            for how, count in bits.items():
                print(f"| `{name}`, {decoder}, {how} | {count:.3f} | {mean['psnr']:.2f} | {mean['perceptual']:.3f} |")
            for axes, value in ((left, mean["psnr"]), (right, mean["perceptual"])):
                axes.plot(list(bits.values()), [value] * len(bits), mark + "-", label=f"{name}, {decoder}")
    left.set(xlabel="bits a pixel", ylabel="PSNR, dB", xlim=(0, 1))
    right.set(xlabel="bits a pixel", ylabel="perceptual distance (not LPIPS)", xlim=(0, 1))
    left.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(arguments.plot, metadata={"Date": None})


if __name__ == "__main__":
    main()
