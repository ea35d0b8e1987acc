"""A VQGAN with f = 16 (Esser et al., Taming Transformers, CVPR 2021), of random weights.

Its Swift twins are TamingDecoder.swift, 42 M parameters and 253 GFLOP for a picture of 256x256, and
TamingEncoder.swift, 30 M and 138.
"""

import torch
import torch.nn.functional as F
from torch import nn

WIDTHS = (512, 256, 256, 128, 128)  # Coarsest first.


def norm(width: int) -> nn.GroupNorm:
    return nn.GroupNorm(32, width, eps=1e-6)


class Block(nn.Module):
    """shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))))))."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.norm1, self.conv1 = norm(inputs), nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm2, self.conv2 = norm(outputs), nn.Conv2d(outputs, outputs, 3, padding=1)
        if inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x):
        hidden = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return hidden + (self.shortcut(x) if hasattr(self, "shortcut") else x)


class Attention(nn.Module):
    """x + output(attention(qkv(norm(x)))), one head over all positions."""

    def __init__(self, width: int):
        super().__init__()
        self.norm, self.qkv = norm(width), nn.Conv2d(width, 3 * width, 1)
        self.output = nn.Conv2d(width, width, 1)

    def forward(self, x):
        n, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).flatten(2).transpose(1, 2).unsqueeze(1).chunk(3, -1)
        y = F.scaled_dot_product_attention(q, k, v)
        return x + self.output(y.squeeze(1).transpose(1, 2).reshape(n, c, h, w))


class Level(nn.Module):
    """Three blocks, each with attention behind it at the coarsest level, and an upsampling."""

    def __init__(self, inputs: int, outputs: int, attention: bool, last: bool):
        super().__init__()
        self.blocks = nn.ModuleList(Block(inputs if i == 0 else outputs, outputs) for i in range(3))
        self.attentions = nn.ModuleList(Attention(outputs) for _ in range(3 if attention else 0))
        if not last:
            self.up = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x):
        for index, block in enumerate(self.blocks):
            x = block(x)
            if len(self.attentions):
                x = self.attentions[index](x)
        return self.up(F.interpolate(x, scale_factor=2.0)) if hasattr(self, "up") else x


class TamingDecoder(nn.Module):
    """A latent [N, 256, 16, 16] to pixels [N, 3, 256, 256]."""

    def __init__(self):
        super().__init__()
        self.conv_in = nn.Conv2d(256, 512, 3, padding=1)
        self.mid = nn.Sequential(Block(512, 512), Attention(512), Block(512, 512))
        inputs = (512, *WIDTHS)
        self.levels = nn.ModuleList(
            Level(inputs[i], width, attention=i == 0, last=i + 1 == len(WIDTHS)) for i, width in enumerate(WIDTHS)
        )
        self.norm_out, self.conv_out = norm(128), nn.Conv2d(128, 3, 3, padding=1)

    def forward(self, latent):
        x = self.mid(self.conv_in(latent))
        for level in self.levels:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(x)))


class DownLevel(nn.Module):
    """Two blocks, each with attention behind it at the coarsest level, and a convolution of stride 2."""

    def __init__(self, inputs: int, outputs: int, attention: bool, last: bool):
        super().__init__()
        self.blocks = nn.ModuleList(Block(inputs if i == 0 else outputs, outputs) for i in range(2))
        self.attentions = nn.ModuleList(Attention(outputs) for _ in range(2 if attention else 0))
        if not last:
            self.down = nn.Conv2d(outputs, outputs, 3, stride=2, padding=1)

    def forward(self, x):
        for index, block in enumerate(self.blocks):
            x = block(x)
            if len(self.attentions):
                x = self.attentions[index](x)
        return self.down(x) if hasattr(self, "down") else x


class TamingEncoder(nn.Module):
    """Pixels [N, 3, 256, 256] to a latent [N, 256, 16, 16]."""

    def __init__(self):
        super().__init__()
        widths = WIDTHS[::-1]
        self.conv_in = nn.Conv2d(3, widths[0], 3, padding=1)
        inputs = (widths[0], *widths)
        self.levels = nn.ModuleList(
            DownLevel(inputs[i], width, attention=i + 1 == len(widths), last=i + 1 == len(widths))
            for i, width in enumerate(widths)
        )
        self.mid = nn.Sequential(Block(512, 512), Attention(512), Block(512, 512))
        self.norm_out, self.conv_out = norm(512), nn.Conv2d(512, 256, 3, padding=1)

    def forward(self, pixels):
        x = self.conv_in(pixels)
        for level in self.levels:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


def exported(network: nn.Module) -> dict[str, torch.Tensor]:
    """Weights as the Swift twin reads them: convolutions [O, kh, kw, I]."""
    return {
        name: (value.permute(0, 2, 3, 1) if value.ndim == 4 else value).contiguous()
        for name, value in network.state_dict().items()
    }
