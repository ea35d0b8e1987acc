"""The autoencoder of Tessera: residual 3x3 convolutions, f = 8, no normalisation and no attention.

The Swift twin is TesseraTokenizer. Tensors here are channels first, as PyTorch has them; files are
channels last, and `exported_weights` turns one into the other.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass
class Architecture:
    """Channel counts and block counts of the three stages, finest first."""

    widths: list[int] = field(default_factory=lambda: [32, 64, 128])
    encoderBlocks: list[int] = field(default_factory=lambda: [1, 1, 3])
    decoderBlocks: list[int] = field(default_factory=lambda: [1, 2, 5])


class ResidualBlock(nn.Module):
    """relu(x + conv2(relu(conv1(x)))), conv2 started at a small gain so that depth is harmless."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        with torch.no_grad():
            self.conv2.weight.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.conv2(F.relu(self.conv1(x))))


class Stage(nn.Module):
    """Residual blocks at one resolution, and the convolution that leads to the next, if any."""

    def __init__(self, channels: int, blocks: int):
        super().__init__()
        self.blocks = nn.Sequential(*[ResidualBlock(channels) for _ in range(blocks)])


class Encoder(nn.Module):
    """Pixels [N, 3, H, W] in [-1, 1] to a latent [N, C, H/8, W/8]."""

    def __init__(self, architecture: Architecture, latent_channels: int):
        super().__init__()
        widths = architecture.widths
        self.conv_in = nn.Conv2d(12, widths[0], 3, padding=1)
        self.stages: Any = nn.ModuleList(
            Stage(width, blocks) for width, blocks in zip(widths, architecture.encoderBlocks, strict=True)
        )
        for index in range(len(widths) - 1):
            self.stages[index].down = nn.Conv2d(widths[index], widths[index + 1], 3, 2, 1)
        self.conv_out = nn.Conv2d(widths[-1], latent_channels, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        x = F.relu(self.conv_in(F.pixel_unshuffle(pixels, 2)))
        for stage in self.stages:
            x = stage.blocks(x)
            if hasattr(stage, "down"):
                x = F.relu(stage.down(x))
        return self.conv_out(x)


class Decoder(nn.Module):
    """A latent [N, C, h, w] to pixels [N, 3, 8h, 8w], near [-1, 1]."""

    def __init__(self, architecture: Architecture, latent_channels: int):
        super().__init__()
        widths = architecture.widths
        self.conv_in = nn.Conv2d(latent_channels, widths[-1], 3, padding=1)
        self.stages: Any = nn.ModuleList(
            Stage(width, blocks) for width, blocks in zip(widths, architecture.decoderBlocks, strict=True)
        )
        for index in range(1, len(widths)):
            self.stages[index].up = nn.Conv2d(widths[index], 4 * widths[index - 1], 3, padding=1)
        self.conv_out = nn.Conv2d(widths[0], 12, 3, padding=1)

    def forward(self, latent: Tensor) -> Tensor:
        x = F.relu(self.conv_in(latent))
        for stage in reversed(self.stages):
            x = stage.blocks(x)
            if hasattr(stage, "up"):
                x = F.pixel_shuffle(F.relu(stage.up(x)), 2)
        return F.pixel_shuffle(self.conv_out(x), 2)


def shuffled(channels: int) -> Tensor:
    """Where channel (dy, dx, c) of a channels-last file stands in PyTorch's order (c, dy, dx)."""
    return torch.arange(channels).view(channels // 4, 4).t().reshape(-1)


def exported_weights(encoder: Encoder, decoder: Decoder) -> dict[str, Tensor]:
    """Names and tensors as model folders hold them: weights [O, kh, kw, I], shuffles (dy, dx, c)."""
    weights = {}
    for prefix, network in (("encoder", encoder), ("decoder", decoder)):
        for name, ours in network.state_dict().items():
            value = ours.detach().float().cpu()
            if name == "conv_in.weight" and prefix == "encoder":
                value = value[:, shuffled(value.shape[1])]
            if prefix == "decoder" and (".up." in name or name.startswith("conv_out.")):
                value = value[shuffled(value.shape[0])]
            if value.ndim == 4:
                value = value.permute(0, 2, 3, 1)
            weights[f"{prefix}.{name}"] = value.contiguous()
    return weights


def import_weights(weights: dict[str, Tensor], encoder: Encoder, decoder: Decoder) -> None:
    """Loads what `exported_weights` wrote, its inverse."""
    for prefix, network in (("encoder", encoder), ("decoder", decoder)):
        state = {}
        for name, ours in network.state_dict().items():
            value = weights[f"{prefix}.{name}"].float()
            if ours.ndim == 4:
                outputs, inputs, *sides = ours.shape
                value = value.reshape(outputs, *sides, inputs).permute(0, 3, 1, 2)
            if name == "conv_in.weight" and prefix == "encoder":
                value = value[:, shuffled(value.shape[1]).argsort()]
            if prefix == "decoder" and (".up." in name or name.startswith("conv_out.")):
                value = value[shuffled(value.shape[0]).argsort()]
            state[name] = value.contiguous()
        network.load_state_dict(state)
