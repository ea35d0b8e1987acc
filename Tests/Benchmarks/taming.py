"""A VQGAN with f = 16 (Esser et al., Taming Transformers, CVPR 2021), of random weights.

The decoder has 42 M parameters and takes 253 GFLOP for a picture of 256x256, the encoder 30 M and 138. Tessera
reads their weights as those of the authors' checkpoints.
"""

import torch
import torch.nn.functional as F
from torch import nn

WIDTHS = (512, 256, 256, 128, 128)  # Coarsest first.

NAMES = {
    ".blocks.": ".block.",
    ".attentions.": ".attn.",
    ".shortcut.": ".nin_shortcut.",
    ".output.": ".proj_out.",
    ".up.weight": ".upsample.conv.weight",
    ".up.bias": ".upsample.conv.bias",
    ".down.weight": ".downsample.conv.weight",
    ".down.bias": ".downsample.conv.bias",
}


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
        self.post_quant_conv = nn.Conv2d(256, 256, 1)
        self.conv_in = nn.Conv2d(256, 512, 3, padding=1)
        self.mid = nn.Sequential(Block(512, 512), Attention(512), Block(512, 512))
        inputs = (512, *WIDTHS)
        self.levels = nn.ModuleList(
            Level(inputs[i], width, attention=i == 0, last=i + 1 == len(WIDTHS)) for i, width in enumerate(WIDTHS)
        )
        self.norm_out, self.conv_out = norm(128), nn.Conv2d(128, 3, 3, padding=1)

    def forward(self, latent):
        x = self.mid(self.conv_in(self.post_quant_conv(latent)))
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
            self.down = nn.Conv2d(outputs, outputs, 3, stride=2)

    def forward(self, x):
        for index, block in enumerate(self.blocks):
            x = block(x)
            if len(self.attentions):
                x = self.attentions[index](x)
        return self.down(F.pad(x, (0, 1, 0, 1))) if hasattr(self, "down") else x


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
        self.quant_conv = nn.Conv2d(256, 256, 1)

    def forward(self, pixels):
        x = self.conv_in(pixels)
        for level in self.levels:
            x = level(x)
        return self.quant_conv(self.conv_out(F.silu(self.norm_out(self.mid(x)))))


def exported(network: nn.Module) -> dict[str, torch.Tensor]:
    """Weights under the names of the authors' checkpoints."""
    is_decoder = isinstance(network, TamingDecoder)
    side, last = ("decoder", len(WIDTHS) - 1) if is_decoder else ("encoder", 0)
    weights: dict[str, torch.Tensor] = {}
    for name, value in network.state_dict().items():
        parts = name.split(".")
        if parts[0] == "mid":
            parts[1] = ("block_1", "attn_1", "block_2")[int(parts[1])]
        elif parts[0] == "levels":
            parts[0] = "up" if is_decoder else "down"
            parts[1] = str(abs(last - int(parts[1])))
        renamed = ".".join(parts)
        for ours, theirs in NAMES.items():
            renamed = renamed.replace(ours, theirs)
        if parts[0] not in ("quant_conv", "post_quant_conv"):
            renamed = f"{side}.{renamed}"
        if ".qkv." in renamed:
            weights |= {renamed.replace("qkv", n): v.contiguous() for n, v in zip("qkv", value.chunk(3), strict=True)}
        else:
            weights[renamed] = value.contiguous()
    return weights
