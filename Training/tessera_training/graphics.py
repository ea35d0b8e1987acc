"""Drawings for training: flat shapes, lines and letters, which photographs have too little of."""

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

SCALE = 3  # drawings are made so many times larger, for soft edges
LETTERS = "ABCDEFGHIKLMNOPRSTUVWXYZabcdefghiklmnoprstuvwxyz0123456789&%?!"


def colour(random: np.random.Generator) -> tuple[int, int, int]:
    """Black, white, a gray or any colour."""
    kind = random.integers(4)
    if kind < 2:
        return (255 * int(kind),) * 3
    if kind == 2:
        return (int(random.integers(256)),) * 3
    red, green, blue = (int(value) for value in random.integers(0, 256, 3))
    return red, green, blue


def background(random: np.random.Generator, side: int) -> Image.Image:
    """One colour, or a gradient of two."""
    first, second = np.array(colour(random)), np.array(colour(random))
    if random.random() < 0.6:
        second = first
    y, x = np.mgrid[:side, :side] / side
    slope = random.random()
    share = (slope * x + (1 - slope) * y)[..., None]
    return Image.fromarray((first + share * (second - first)).astype(np.uint8))


def drawn(random: np.random.Generator, side: int) -> Image.Image:
    """Up to a score of shapes, lines and words."""
    large = SCALE * side
    image = background(random, large)
    draw = ImageDraw.Draw(image)
    for _ in range(random.integers(4, 20)):
        x, y = (float(value) for value in random.uniform(0, large, 2))
        width, height = (float(value) for value in large * random.uniform(0.01, 0.5, 2) ** 1.5)
        box, fill, edge = (x, y, x + width, y + height), colour(random), colour(random)
        line = int(random.integers(1, 4 * SCALE))
        match random.integers(5):
            case 0:
                draw.rectangle(box, fill, edge, line)
            case 1:
                draw.ellipse(box, fill, edge, line)
            case 2:
                draw.polygon([tuple(p) for p in random.uniform((x, y), (x + width + 9, y + height + 9), (4, 2))], fill)
            case 3:
                draw.line((x, y, *random.uniform(0, large, 2)), fill, line)
            case _:
                word = "".join(random.choice(list(LETTERS), random.integers(2, 12)))
                draw.text((x, y), word, fill, ImageFont.load_default(size=SCALE * int(random.integers(8, 40))))
    return image.resize((side, side), Image.Resampling.BOX)


def drawings(count: int, side: int, seed: int = 0) -> torch.Tensor:
    """Drawings [count, side, side, 3] uint8; equal for equal seeds."""
    random = np.random.default_rng(seed)
    return torch.from_numpy(np.stack([np.asarray(drawn(random, side)) for _ in range(count)]))
