"""The masked transformer over K slots a position. The Swift twin is TesseraPrior."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class RootMeanSquareNorm(nn.Module):
    """x / rms(x) * gain over the last axis."""

    def __init__(self, width: int):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        x32 = x.float()
        return (x32 * (x32.square().mean(-1, keepdim=True) + 1e-6).rsqrt() * self.gain).to(x.dtype)


def rotary_angles(rows: int, columns: int, head_width: int, base: float = 100.0) -> Tensor:
    """Angles [rows * columns, head_width / 2]: a quarter of each head turns with the row, a quarter
    with the column, in raster order."""
    quarter = head_width // 4
    rates = base ** (-torch.arange(quarter) / quarter)
    row = torch.arange(rows).view(-1, 1, 1) * rates
    column = torch.arange(columns).view(1, -1, 1) * rates
    both = [row.expand(rows, columns, -1), column.expand(rows, columns, -1)]
    return torch.cat(both, -1).flatten(0, 1)


def rotated(x: Tensor, angles: Tensor) -> Tensor:
    """Turns pairs (i, i + n/2) inside each half of the head [.., L, head_width]."""
    x = x.unflatten(-1, (2, 2, -1))  # axis, member of the pair, frequency
    cos, sin = (f(angles).unflatten(-1, (2, -1)).to(x.dtype) for f in (torch.cos, torch.sin))
    a, b = x[..., 0, :], x[..., 1, :]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -2).flatten(-3)


class Attention(nn.Module):
    """Attention of every position to every other, with rotated queries and keys."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.output = nn.Linear(width, width, bias=False)

    def forward(self, x: Tensor, angles: Tensor) -> Tensor:
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        x = F.scaled_dot_product_attention(rotated(q, angles), rotated(k, angles), v)
        return self.output(x.transpose(1, 2).flatten(-2))


class FeedForward(nn.Module):
    """Two linear maps with a GELU between, four times as wide inside."""

    def __init__(self, width: int):
        super().__init__()
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.gelu(self.up(x), approximate="tanh"))


class Layer(nn.Module):
    """Attention and feed-forward, each added to what it normalizes and reads."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.attention_norm = RootMeanSquareNorm(width)
        self.attention = Attention(width, heads)
        self.feed_forward_norm = RootMeanSquareNorm(width)
        self.feed_forward = FeedForward(width)

    def forward(self, x: Tensor, angles: Tensor) -> Tensor:
        x = x + self.attention(self.attention_norm(x), angles)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Slot(nn.Module):
    """Embedding (the last row is the mask) and head of one slot."""

    def __init__(self, width: int, codes: int):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(codes + 1, width) * 0.02)
        self.head = nn.Linear(width, codes)
        nn.init.normal_(self.head.weight, std=0.02)


class MaskedTransformer(nn.Module):
    """Codes [N, h, w, K], mask = V, and labels [N] (labels = none) to log-odds [N, h * w, K, V]."""

    def __init__(self, layers: int, width: int, heads: int, labels: int = 0, slots: int = 4, codes: int = 256):
        super().__init__()
        self.codes, self.head_width = codes, width // heads
        self.slots: Any = nn.ModuleList(Slot(width, codes) for _ in range(slots))
        label = nn.Embedding(labels + 1, width) if labels else None
        if label is not None:
            nn.init.normal_(label.weight, std=0.02)
        self.label = label
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.norm = RootMeanSquareNorm(width)

    def features(self, codes: Tensor, labels: Tensor | None = None) -> Tensor:
        """What the heads read, [N, h * w, width]."""
        h, w = codes.shape[1:3]
        # Not by indexing, whose gradient adds up the rows of the mask, half of all, one by one: 38 times as
        # slow on a CPU.
        embedded = (F.embedding(codes[..., s], slot.embedding) for s, slot in enumerate(self.slots))
        x = torch.as_tensor(sum(embedded)).flatten(1, 2)
        if self.label is not None:
            x = x + self.label(labels).unsqueeze(1)
        angles = rotary_angles(h, w, self.head_width).to(x.device)
        for layer in self.layers:
            x = layer(x, angles)
        return self.norm(x)

    def forward(self, codes: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.features(codes, labels)
        return torch.stack([slot.head(x) for slot in self.slots], 2)

    def exported_weights(self) -> dict[str, Tensor]:
        """Names and tensors as model folders hold them."""
        weights = {k: v.detach().float().cpu().contiguous() for k, v in self.state_dict().items()}
        if "label.weight" in weights:
            weights["label.embedding"] = weights.pop("label.weight")
        return weights
