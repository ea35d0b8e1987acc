"""The denoiser of Tessera: a U-shaped network that is told how noisy each pixel is.

The Swift twin is TesseraDenoiser. As in K. Zhang et al., FFDNet (TIP 2018), the level of the noise is an input, so
that one network serves all levels, and pixels are gathered 2x2 first; as in their DRUNet (TPAMI 2021), residual blocks
without normalisation stand in a U. Tensors here are channels first, as PyTorch has them.
"""

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tessera_training.networks import Architecture, ResidualBlock, shuffled


class Block(ResidualBlock):
    """x + conv2(relu(conv1(x))), without a rectifier at the end."""

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.relu(self.conv1(x), inplace=True))


def blocks(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*[Block(channels) for _ in range(count)])


class Denoiser(nn.Module):
    """Noisy pixels [N, 3, H, W] in [-1, 1] and their noise's standard deviation to pixels.

    The architecture names stages finest first; the coarsest is in the encoder alone, so that `decoderBlocks` has one
    number fewer than `encoderBlocks`. H and W are multiples of `multiple`. The deviation has the units of pixels, and
    a shape that goes with [N, 1, H, W].
    """

    def __init__(self, architecture: Architecture):
        super().__init__()
        widths = architecture.widths
        self.multiple = 2 ** len(widths)
        self.conv_in = nn.Conv2d(16, widths[0], 3, padding=1)
        self.encoder = nn.ModuleList(blocks(*stage) for stage in zip(widths, architecture.encoderBlocks, strict=True))
        self.down = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in pairwise(widths))
        self.up = nn.ModuleList(nn.Conv2d(b, 4 * a, 1) for a, b in pairwise(widths))
        self.decoder = nn.ModuleList(
            blocks(*stage) for stage in zip(widths[:-1], architecture.decoderBlocks, strict=True)
        )
        self.conv_out = nn.Conv2d(widths[0], 12, 3, padding=1)
        with torch.no_grad():
            self.conv_out.weight.mul_(0.1)

    def forward(self, noisy: Tensor, deviation: Tensor) -> Tensor:
        level = deviation.expand(-1, 1, *noisy.shape[2:]).to(noisy.dtype)
        x = self.conv_in(F.pixel_unshuffle(torch.cat([noisy, level], 1), 2))
        skipped: list[Tensor] = []
        for index, down in enumerate(self.down):
            skipped.append(self.encoder[index](x))
            x = down(skipped[-1])
        x = self.encoder[-1](x)
        for index in reversed(range(len(self.up))):
            x = self.decoder[index](skipped[index] + F.pixel_shuffle(self.up[index](x), 2))
        return noisy + F.pixel_shuffle(self.conv_out(x), 2)

    def groups(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Kernels between hidden layers, which Muon steps, and all others, which belong to AdamW."""
        named = dict(self.named_parameters())
        inner = [name for name, p in named.items() if p.ndim == 4 and not name.startswith("conv_")]
        return [named.pop(name) for name in inner], list(named.values())


def shuffles_after(name: str) -> bool:
    """Whether what a layer gives is shuffled, so that its channels are stored in another order."""
    return name.startswith(("up.", "conv_out."))


def exported_weights(network: Denoiser) -> dict[str, Tensor]:
    """Names and tensors as model folders hold them: weights [O, kh, kw, I], shuffles (dy, dx, c)."""
    weights = {}
    for name, ours in network.state_dict().items():
        value = ours.detach().float().cpu()
        if name == "conv_in.weight":
            value = value[:, shuffled(value.shape[1])]
        if shuffles_after(name):
            value = value[shuffled(value.shape[0])]
        weights[f"denoiser.{name}"] = (value.permute(0, 2, 3, 1) if value.ndim == 4 else value).contiguous()
    return weights


def import_weights(weights: dict[str, Tensor], network: Denoiser) -> None:
    """Loads what `exported_weights` wrote, its inverse."""
    state: dict[str, Any] = {}
    for name, ours in network.state_dict().items():
        value = weights[f"denoiser.{name}"].float()
        if ours.ndim == 4:
            outputs, inputs, *sides = ours.shape
            value = value.reshape(outputs, *sides, inputs).permute(0, 3, 1, 2)
        if name == "conv_in.weight":
            value = value[:, shuffled(value.shape[1]).argsort()]
        if shuffles_after(name):
            value = value[shuffled(value.shape[0]).argsort()]
        state[name] = value.contiguous()
    network.load_state_dict(state)
