"""Writes the fixture that holds the figures of filled holes to numpy, scipy and PyTorch.

    $(Scripts/environment fixtures) Tests/Tools/make-hole-fixtures.py

A picture of 8 bits, the same with a hole filled in a softer way, the hole, and what the definitions in TesseraInverse
and TesseraPerception come to when they are followed pixel by pixel. The network is the narrow one of make-fixtures.py.
"""

from pathlib import Path

import numpy as np
import scipy
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import save_file
from scipy.ndimage import binary_dilation, binary_erosion, gaussian_filter

from tessera_training.losses import PerceptualDistance

FOLDER = Path(__file__).resolve().parents[1] / "TesseraPerceptionTests" / "Fixtures"
SEED = 20261
HEIGHT, WIDTH = 70, 61
Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def luma(picture: Array) -> Array:
    values: Array = picture @ np.array([0.299, 0.587, 0.114])
    return values


def gradient_energy(picture: Array, inside: Mask) -> float:
    y = luma(picture)
    gx, gy = np.zeros_like(y), np.zeros_like(y)
    gx[:, :-1], gy[:-1] = np.diff(y, axis=1), np.diff(y, axis=0)
    return float((gx**2 + gy**2)[inside].mean())


def contrast(picture: Array, hole: Mask) -> float:
    """The mean step across the border of a hole over that along it."""
    y = luma(picture)
    across: list[float] = []
    along: list[float] = []

    def flag(p: tuple[int, int]) -> bool | None:
        return bool(hole[p]) if 0 <= p[0] < HEIGHT and 0 <= p[1] < WIDTH else None

    for row, column in np.argwhere(hole):
        for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            pixel, known = (int(row), int(column)), (int(row) + dy, int(column) + dx)
            if flag(known) is not False:
                continue
            across.append(abs(y[pixel] - y[known]))
            for start in (pixel, known):
                for side in (-1, 1):
                    beside = (start[0] + side * dx, start[1] + side * dy)
                    if flag(beside) is flag(start):
                        along.append(abs(y[start] - y[beside]))
    return float((np.mean(across) + 0.05) / (np.mean(along) + 0.05))


def early(picture: Array, network: PerceptualDistance) -> list[Array]:
    """Features of the first convolution and of the first module, [h, w, C] each."""

    def conv(name: str, x: torch.Tensor, stride: int = 1, padding: int = 0) -> torch.Tensor:
        weights = network.weights
        return F.relu(F.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], stride, padding))

    x = torch.tensor(picture).float().permute(2, 0, 1)[None].flip(1)
    first = conv("conv1", x - torch.tensor([104.0, 117.0, 123.0]).view(1, 3, 1, 1), stride=2, padding=1)
    squeezed = conv("fire2/squeeze1x1", F.max_pool2d(first, 3, 2, padding=1))
    second = torch.cat([conv("fire2/expand1x1", squeezed), conv("fire2/expand3x3", squeezed, padding=1)], 1)
    return [part[0].permute(1, 2, 0).double().numpy() for part in (first, second)]


def squared_distance(a: Array, b: Array) -> float:
    """The squared Fréchet distance of the normal distributions of two sets of vectors."""
    ca, cb = np.cov(a.T), np.cov(b.T)
    values, vectors = np.linalg.eigh(ca)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ cb @ root).clip(0)).sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(ca) + np.trace(cb) - 2 * shared)


def frechet(picture: Array, truth: Array, hole: Mask, network: PerceptualDistance) -> float:
    inside, beside = binary_erosion(hole, iterations=3), ~binary_dilation(hole, iterations=3)
    beside[:3] = beside[-3:] = False
    beside[:, :3] = beside[:, -3:] = False
    distances = []
    for found, wanted, spacing in zip(early(picture, network), early(truth, network), (2, 4), strict=True):
        region = inside[::spacing, ::spacing]
        both = wanted[region | beside[::spacing, ::spacing]]
        values, vectors = np.linalg.eigh(np.cov(both.T))
        directions = vectors[:, ::-1][:, :24]
        distances.append(squared_distance(found[region] @ directions, wanted[region] @ directions) / values.sum())
    return float(np.mean(distances))


def main() -> None:
    random = np.random.default_rng(SEED)
    smooth = gaussian_filter(random.normal(size=(HEIGHT, WIDTH, 3)), (6, 6, 0)) * 600
    fine = gaussian_filter(random.normal(size=(HEIGHT, WIDTH, 3)), (1, 1, 0)) * 80
    truth = (128 + smooth + fine).clip(0, 255).round()
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    hole = ((rows - 36) / 22.0) ** 2 + ((columns - 26) / 17.0) ** 2 < 1
    hole |= (rows > 44) & (rows < 58) & (columns > 30) & (columns < 52)
    softer = gaussian_filter(truth, (1.5, 1.5, 0)) + 4
    filled = np.where(hole[..., None], softer.clip(0, 255).round(), truth)

    network = PerceptualDistance(FOLDER / "perceptual.safetensors")
    ys, xs = np.nonzero(hole)
    around = (slice(max(ys.min() - 16, 0), ys.max() + 17), slice(max(xs.min() - 16, 0), xs.max() + 17))
    pixels = [torch.tensor(p[around]).float().permute(2, 0, 1)[None] / 127.5 - 1 for p in (filled, truth)]
    inside = binary_erosion(hole, iterations=3)
    figures = {
        "holeDistance": float(network(*pixels)),
        "sharpness": (gradient_energy(filled, inside) + 0.05) / (gradient_energy(truth, inside) + 0.05),
        "frechet": frechet(filled, truth, hole, network),
        "seam": contrast(filled, hole) / contrast(truth, hole),
    }
    tensors = {name: torch.tensor([value]).float() for name, value in figures.items()}
    # Whole numbers below 2048 are exact in half precision.
    for name, value in {"filled": filled, "truth": truth, "hole": hole}.items():
        tensors[name] = torch.tensor(value).half().contiguous()
    versions = f"torch {torch.__version__.split('+')[0]}, numpy {np.__version__}, scipy {scipy.__version__}"
    path = FOLDER / "hole.safetensors"
    save_file(tensors, path, {"made": f"Tests/Tools/make-hole-fixtures.py, seed {SEED}, {versions}"})
    print(f"{path.name}: {path.stat().st_size} bytes", figures)


if __name__ == "__main__":
    main()
