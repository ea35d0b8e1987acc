#!/usr/bin/env python3
"""Draws motion-blur kernels and stores them: Samples/Kernels/motion-1.png and so on.

The law is that of the kernels that diffusion papers draw (61 x 61, intensity 0.5): a path of short steps
whose angle turns, and now and then changes its sense, drawn large as a line and made smaller. Needs numpy
and pillow. Run: $(Scripts/environment fixtures) Tests/Tools/make-kernels.py
"""

import pathlib

import numpy
from PIL import Image, ImageDraw, ImageFilter

SIDE, INTENSITY = 61, 0.5
SEEDS = [0, 10, 14]
FOLDER = pathlib.Path(__file__).parents[2] / "Samples/Kernels"


def path_of(random, diagonal):
    """Points of a camera's path, as complex numbers around 0."""
    length = 0.75 * diagonal * (random.uniform() + random.uniform(0, INTENSITY**2))
    lengths: list[float] = []
    while sum(lengths) < length:
        lengths.append(random.beta(1, 30) * (1 - INTENSITY) * diagonal)
    steps = numpy.array(lengths)
    largest = random.uniform(0, INTENSITY * numpy.pi)
    jitter = random.beta(2, 20)
    angles = [random.uniform(-largest, largest)]
    for _ in steps[1:]:
        angle = random.triangular(0, INTENSITY * largest, largest)
        # The sense changes with a small probability that differs from path to path.
        sense = -numpy.sign(angles[-1]) if random.uniform() < jitter else numpy.sign(angles[-1])
        angles.append((sense or 1) * angle)
    points = numpy.cumsum(steps * numpy.exp(1j * numpy.array(angles)))
    points = numpy.concatenate([[0], points]) * numpy.exp(1j * random.uniform(0, numpy.pi))
    middle = (points.real.max() + points.real.min()) / 2
    return points - middle - 1j * (points.imag.max() + points.imag.min()) / 2


def kernel(seed):
    random = numpy.random.default_rng(seed)
    canvas = 2 * SIDE
    diagonal = canvas * 2**0.5
    points = path_of(random, diagonal)
    # What would leave the canvas is made smaller.
    reach = max(numpy.abs(points.real).max(), numpy.abs(points.imag).max())
    points = points * min(1, 0.95 * canvas / 2 / reach) + (1 + 1j) * canvas / 2
    image = Image.new("L", (canvas, canvas))
    ImageDraw.Draw(image).line([(p.real, p.imag) for p in points], fill=255, width=max(int(diagonal / 150), 1))
    image = image.filter(ImageFilter.GaussianBlur(int(0.01 * diagonal)))
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS, start=1):
        kernel(seed).save(FOLDER / f"motion-{number}.png")


if __name__ == "__main__":
    main()
