"""Muon: momentum, orthogonalized by a Newton-Schulz iteration (K. Jordan, 2024), for inner matrices.

Convolution kernels are read as matrices [O, I * kh * kw]. First and last layers, biases and
embeddings belong to AdamW.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def orthogonalized(matrices: Tensor, steps: int = 5) -> Tensor:
    """Matrices [n, rows, columns] with the same singular vectors and singular values near 1."""
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Steps of equal spectral size in each matrix.

    `dtype` is that of the Newton-Schulz iteration; bfloat16 serves where products in it are fast.
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.95,
        dtype: torch.dtype = torch.float32,
    ):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})
        self.dtype = dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Takes one step; gradients are there already."""
        for group in self.param_groups:
            by_shape: dict[Any, list[nn.Parameter]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape[parameter.flatten(1).shape].append(parameter)
            for parameters in by_shape.values():
                ahead = torch.stack([self.ahead(p, group["momentum"]) for p in parameters])
                steps = orthogonalized(ahead.to(self.dtype)).to(ahead.dtype)
                scale = max(1.0, ahead.shape[-2] / ahead.shape[-1]) ** 0.5
                for parameter, step in zip(parameters, steps, strict=True):
                    parameter.add_(step.reshape(parameter.shape), alpha=-group["lr"] * scale)

    def ahead(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        """The gradient with Nesterov momentum, as a matrix."""
        state = self.state[parameter]
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
        buffer = state["momentum"].mul_(momentum).add_(parameter.grad)
        return (parameter.grad + momentum * buffer).flatten(1)
