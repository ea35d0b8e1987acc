"""What is done to photographs that a network learns to restore: noise, compression, reductions.

Each gives pixels of the photograph's size, and one number an image that says how much was done: the level that the
network is told in a fourth channel. The Swift twins are the operators of TesseraInverse.
"""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


class Degradation(ABC):
    """A kind of damage of which there is more and less."""

    #: What the log shows on photographs that are held back, in units of its own.
    watched: tuple[int, ...]

    @abstractmethod
    def drawn(self, count: int, random: torch.Generator) -> Tensor:
        """Amounts [count, 1, 1, 1] as training meets them, on the generator's device."""

    @abstractmethod
    def degraded(self, clean: Tensor, amounts: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """Degraded pixels, and levels [N, 1, 1, 1], of pixels [N, 3, H, W] in [-1, 1]."""


class WhiteNoise(Degradation):
    """White noise of a standard deviation, in units of 8 bits; small ones more often."""

    watched = (15, 25, 50)

    def __init__(self, largest: float = 100):
        self.largest = largest

    def drawn(self, count: int, random: torch.Generator) -> Tensor:
        return uniform(count, random).pow(1.5) * self.largest

    def degraded(self, clean: Tensor, amounts: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
        levels = amounts / 127.5
        return clean + levels * torch.randn(clean.shape, generator=random, device=clean.device), levels


class Compression(Degradation):
    """JPEG at a quality, three in four with colours at half the resolution, stored in 8 bits.

    Decoders repeat those colours (as `JPEGCompression` does) or interpolate them (as libjpeg does): both are shown.
    """

    watched = (10, 20, 40)

    def drawn(self, count: int, random: torch.Generator) -> Tensor:
        return torch.floor(5 + 91 * uniform(count, random).pow(1.3))

    def degraded(self, clean: Tensor, amounts: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
        tables = [scaled(table, amounts) for table in (LUMINANCE, CHROMINANCE, CHROMINANCE)]
        subsampled = bool(torch.rand(1, generator=random, device=random.device) < 0.75)
        interpolated = bool(torch.rand(1, generator=random, device=random.device) < 0.5)
        matrix = torch.tensor(TO_COMPONENTS, device=clean.device)
        components = torch.einsum("ij,njhw->nihw", matrix, clean * 127.5)
        channels = []
        for index, table in enumerate(tables):
            plane = components[:, index : index + 1]
            if index > 0 and subsampled:
                small = rounded_blocks(F.avg_pool2d(plane, 2), table)
                mode: dict[str, Any] = {"mode": "bilinear"} if interpolated else {"mode": "nearest"}
                channels.append(F.interpolate(small, scale_factor=2, **mode))
            else:
                channels.append(rounded_blocks(plane, table))
        pixels = torch.einsum("ij,njhw->nihw", torch.linalg.inv(matrix), torch.cat(channels, 1))
        return in_eight_bits(pixels / 127.5), tables[0].mean((-1, -2)).sqrt().view(-1, 1, 1, 1) / 16


class Reduction(Degradation):
    """Reduced by a whole factor by antialiased bicubic resampling, stored in 8 bits and enlarged again."""

    watched = (2, 3, 4)

    def drawn(self, count: int, random: torch.Generator) -> Tensor:
        factor = (2, 2, 4, 4, 3)[int(torch.randint(5, (1,), generator=random, device=random.device))]
        return torch.full((count, 1, 1, 1), float(factor), device=random.device)

    def degraded(self, clean: Tensor, amounts: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
        factor = int(amounts.flatten()[0])  # one for all images
        sides = clean.shape[2:]
        smaller = [-(-side // factor) for side in sides]
        small = in_eight_bits(F.interpolate(clean, size=smaller, mode="bicubic", antialias=True))
        # Without antialiasing PyTorch has another cubic kernel.
        return F.interpolate(small, size=sides, mode="bicubic", antialias=True).clamp(-1, 1), amounts / 8


KINDS: dict[str, type[Degradation]] = {"noise": WhiteNoise, "compression": Compression, "reduction": Reduction}


def uniform(count: int, random: torch.Generator) -> Tensor:
    """Numbers [count, 1, 1, 1] in [0, 1)."""
    return torch.rand(count, 1, 1, 1, generator=random, device=random.device)


def in_eight_bits(pixels: Tensor) -> Tensor:
    """Pixels in [-1, 1] as 8 bits hold them."""
    return ((pixels.clamp(-1, 1) + 1) * 127.5).round() / 127.5 - 1


def scaled(table: list[list[int]], quality: Tensor) -> Tensor:
    """The steps [N, 8, 8] of a table at qualities [N, 1, 1, 1], as libjpeg scales them."""
    steps = torch.tensor(table, dtype=torch.float32, device=quality.device)
    scale = torch.where(quality < 50, torch.floor(5000 / quality), 200 - 2 * quality).view(-1, 1, 1)
    return torch.floor((steps * scale + 50) / 100).clamp(1, 255)


def rounded_blocks(plane: Tensor, steps: Tensor) -> Tensor:
    """A plane [N, 1, H, W] whose cosine coefficients of 8x8 blocks are whole numbers of steps [N, 8, 8].

    Sides that are no multiples of 8 are continued by their last values.
    """
    height, width = plane.shape[2:]
    plane = F.pad(plane, (0, -width % 8, 0, -height % 8), mode="replicate")
    count, _, rows, columns = plane.shape
    cosines = torch.from_numpy(COSINES).to(plane.device)
    blocks = plane.reshape(count, rows // 8, 8, columns // 8, 8).transpose(2, 3)
    coefficients = cosines @ blocks @ cosines.T
    steps = steps.view(count, 1, 1, 8, 8)
    blocks = cosines.T @ ((coefficients / steps).round() * steps) @ cosines
    return blocks.transpose(2, 3).reshape(count, 1, rows, columns)[..., :height, :width]


#: The orthonormal cosine transform of 8 values.
COSINES = np.array(
    [[np.sqrt((1 if k == 0 else 2) / 8) * np.cos(np.pi * k * (2 * x + 1) / 16) for x in range(8)] for k in range(8)],
    dtype=np.float32,
)

#: JFIF's matrix from red, green and blue to luma and two differences.
TO_COMPONENTS = [
    [0.299, 0.587, 0.114],
    [-0.168735892, -0.331264108, 0.5],
    [0.5, -0.418687589, -0.081312411],
]

#: The quantization tables of ITU-T T.81, Annex K.
LUMINANCE = [
    [16, 11, 10, 16, 24, 40, 51, 61],
    [12, 12, 14, 19, 26, 58, 60, 55],
    [14, 13, 16, 24, 40, 57, 69, 56],
    [14, 17, 22, 29, 51, 87, 80, 62],
    [18, 22, 37, 56, 68, 109, 103, 77],
    [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101],
    [72, 92, 95, 98, 112, 100, 103, 99],
]
CHROMINANCE = [
    [17, 18, 24, 47, 99, 99, 99, 99],
    [18, 21, 26, 66, 99, 99, 99, 99],
    [24, 26, 56, 99, 99, 99, 99, 99],
    [47, 66, 99, 99, 99, 99, 99, 99],
    [99, 99, 99, 99, 99, 99, 99, 99],
    [99, 99, 99, 99, 99, 99, 99, 99],
    [99, 99, 99, 99, 99, 99, 99, 99],
    [99, 99, 99, 99, 99, 99, 99, 99],
]
