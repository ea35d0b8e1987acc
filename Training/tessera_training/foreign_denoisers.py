"""Makes model folders of denoisers that others publish.

    python -m tessera_training.foreign_denoisers ffdnet_color.pth --name ffdnet --out DIR
    python -m tessera_training.foreign_denoisers drunet_color.pth --name drunet --out DIR

FFDNet and DRUNet for colours are known, by the names of their tensors (https://github.com/cszn/KAIR). Their weights
have the terms of those who publish them.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tessera_training.export import part, written
from tessera_training.networks import shuffled

State = dict[str, Tensor]


def ffdnet(state: State, noisy: Tensor, deviation: Tensor) -> Tensor:
    """What FFDNet makes of pixels [1, 3, H, W] in [0, 1] with even sides and one deviation, or one a square."""
    x = F.pixel_unshuffle(noisy, 2)
    x = torch.cat([x, F.avg_pool2d(deviation.expand(-1, 1, *noisy.shape[2:]), 2)], 1)
    count = len(state) // 2
    for index in range(count):
        x = F.conv2d(x, state[f"model.{2 * index}.weight"], state[f"model.{2 * index}.bias"], padding=1)
        x = F.relu(x) if index + 1 < count else x
    return F.pixel_shuffle(x, 2)


def drunet(state: State, noisy: Tensor, deviation: Tensor) -> Tensor:
    """What DRUNet makes of pixels [1, 3, H, W] in [0, 1], sides multiples of 8, and deviations [1, 1, H, W]."""

    def blocks(x: Tensor, name: str, first: int) -> Tensor:
        index = first
        while (key := f"{name}.{index}.res.0.weight") in state:
            hidden = F.relu(F.conv2d(x, state[key], padding=1))
            x = x + F.conv2d(hidden, state[f"{name}.{index}.res.2.weight"], padding=1)
            index += 1
        return x

    stages = stage_count(state)
    x = F.conv2d(torch.cat([noisy, deviation.expand(-1, 1, *noisy.shape[2:])], 1), state["m_head.weight"], padding=1)
    skipped = [x]
    for stage in range(1, stages):
        x = blocks(x, f"m_down{stage}", 0)
        x = F.conv2d(x, state[f"m_down{stage}.{block_count(state)}.weight"], stride=2)
        skipped.append(x)
    x = blocks(x, "m_body", 0)
    for stage in reversed(range(1, stages)):
        x = F.conv_transpose2d(x + skipped[stage], state[f"m_up{stage}.0.weight"], stride=2)
        x = blocks(x, f"m_up{stage}", 1)
    return F.conv2d(x + skipped[0], state["m_tail.weight"], padding=1)


def stage_count(state: State) -> int:
    """The number of resolutions of a DRUNet."""
    return 1 + sum(name.startswith("m_up") and name.endswith(".0.weight") and name.count(".") == 2 for name in state)


def block_count(state: State) -> int:
    """The number of blocks of a stage of a DRUNet."""
    return sum(name.startswith("m_body.") and name.endswith("res.0.weight") for name in state)


def ffdnet_part(state: State) -> tuple[State, str, dict[str, Any]]:
    """The weights of an FFDNet as model folders hold them, its family and its settings."""
    count = len(state) // 2
    weights: State = {}
    for index in range(count):
        weight, bias = state[f"model.{2 * index}.weight"], state[f"model.{2 * index}.bias"]
        if index == 0:
            # Pixels and deviations are gathered together, and a square's deviation is the mean of its four.
            level = weight[:, 12:].expand(-1, 4, -1, -1) / 4
            weight = torch.cat([weight[:, :12], level], 1)[:, shuffled(16)]
        if index + 1 == count:
            weight, bias = weight[shuffled(12)], bias[shuffled(12)]
        weights |= layer(f"layers.{index}", weight, bias)
    return weights, "ffdnet", {"width": state["model.0.weight"].shape[0], "layers": count}


def drunet_part(state: State) -> tuple[State, str, dict[str, Any]]:
    """The weights of a DRUNet as model folders hold them, its family and its settings."""
    stages, count = stage_count(state), block_count(state)
    weights = layer("head", state["m_head.weight"]) | layer("tail", state["m_tail.weight"])

    def blocks(ours: str, theirs: str, first: int) -> State:
        return {
            name: value
            for index in range(count)
            for number in (0, 1)
            for name, value in layer(
                f"{ours}.{index}.conv{number + 1}", state[f"{theirs}.{first + index}.res.{2 * number}.weight"]
            ).items()
        }

    for stage in range(1, stages):
        index = stage - 1
        reducing, enlarging = state[f"m_down{stage}.{count}.weight"], state[f"m_up{stage}.0.weight"]
        weights |= blocks(f"encoder.{index}", f"m_down{stage}", 0) | blocks(f"decoder.{index}", f"m_up{stage}", 1)
        # Kernels of 2x2 that do not overlap are products of gathered pixels, in the order (dy, dx, c).
        weights |= layer(f"down.{index}", reducing.permute(0, 2, 3, 1).flatten(1)[..., None, None])
        weights |= layer(f"up.{index}", enlarging.permute(2, 3, 1, 0).flatten(0, 2)[..., None, None])
    weights |= blocks(f"encoder.{stages - 1}", "m_body", 0)
    widths = [state["m_head.weight"].shape[0]]
    widths += [state[f"m_down{stage}.{count}.weight"].shape[0] for stage in range(1, stages)]
    return weights, "drunet", {"widths": widths, "blocks": count}


def layer(name: str, weight: Tensor, bias: Tensor | None = None) -> State:
    """A layer as model folders hold it: weights [O, kh, kw, I], and a bias of zeros if it has none."""
    bias = torch.zeros(weight.shape[0]) if bias is None else bias
    return {
        f"denoiser.{name}.weight": weight.float().permute(0, 2, 3, 1).contiguous(),
        f"denoiser.{name}.bias": bias.float().contiguous(),
    }


def converted(state: State) -> tuple[State, str, dict[str, Any]]:
    """The weights of a denoiser of others as model folders hold them, its family and its settings."""
    if state.get("model.0.weight", torch.empty(0)).shape[1:] == (13, 3, 3):
        return ffdnet_part(state)
    if state.get("m_head.weight", torch.empty(0)).shape[1:] == (4, 3, 3):
        return drunet_part(state)
    raise SystemExit(f"neither FFDNet nor DRUNet for colours: the first tensors are {sorted(state)[:3]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="the .pth file")
    parser.add_argument("--name", required=True, help="the name of the new folder")
    parser.add_argument("--out", required=True, type=Path, help="the folder that holds the model folders")
    arguments = parser.parse_args()
    state: State = torch.load(arguments.file, map_location="cpu", weights_only=True)
    weights, kind, settings = converted(state)
    folder = arguments.out / arguments.name
    folder.mkdir(parents=True, exist_ok=True)
    described = {
        "format": 2,
        "name": arguments.name,
        "description": f"A denoiser, converted from {arguments.file.name}",
        "parts": {"denoiser": part(kind, written(folder / "denoiser.safetensors", weights), settings)},
        "training": {
            "data": "not stated",
            "licence": "that of whoever published the weights",
            "steps": 0,
            "hardware": "not stated",
            "command": f"tessera_training.foreign_denoisers {arguments.file.name}",
        },
    }
    (folder / "model.json").write_text(json.dumps(described, indent=2) + "\n")


if __name__ == "__main__":
    main()
