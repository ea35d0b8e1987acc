"""Writes what the programs of Scripts/bench read: weights, an input, and the network as ONNX, ncnn and MNN.

python prepare_bench.py WORK MODEL_FOLDER FOLDER [PEER …]
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.utils.flop_counter import FlopCounterMode

from bench_networks import JOBS, OWN, network, randomized, to_last
from taming import exported


def random_weights(work: str, folder: Path):
    """A network of random weights, as a state dictionary and as Tessera reads it."""
    torch.manual_seed(1)
    module: Any = randomized(work)
    if work == "transformer-24x768":
        ours = module.network.exported_weights()
    elif work == "sample-f16":
        ours = {
            **module.logits.network.exported_weights(),
            **exported(module.decoder),
            "codebooks": module.codebooks.data,
        }
    elif work == "nearest-code":
        ours = {"codes": module.codes.t().contiguous()}
    else:
        ours = exported(module)
    torch.save(module.state_dict(), folder / f"{work}.model")
    save_file(ours, folder / f"{work}.ours")


def example(work: str, module) -> torch.Tensor:
    torch.manual_seed(2)
    count = 64 if work.endswith("64") else 1
    if work.startswith("encode"):
        return torch.rand(count, 3, 256, 256) * 2 - 1
    if work in OWN:
        return torch.randn(count, module.conv_in.weight.shape[1], 32, 32)
    if work == "nearest-code":
        return torch.randn(256, 8)
    if work in ("transformer-24x768", "sample-f16"):
        return torch.full((1, 16, 16, 4), 256)
    return torch.randn(1, 256, 16, 16)


def photograph(side: int) -> torch.Tensor:
    """A photograph of `Samples`, as 8 bits have it."""
    picture = Image.open(Path(__file__).parents[2] / "Samples" / "otter.jpg").convert("RGB")
    pixels = np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC), np.float32)
    return torch.from_numpy(pixels).permute(2, 0, 1).unsqueeze(0) / 127.5 - 1


def count_operations(work: str, module, x: torch.Tensor, folder: Path):
    """Writes the number of additions and multiplications of a run, as direct algorithms have them."""
    if work == "sample-f16":
        return
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(x)
    # The gradient by the input alone costs as much again.
    total = counter.get_total_flops() * (2 if work == "pullback-f16" else 1)
    (folder / f"{work}.operations").write_text(f"{total}\n")


def main():
    work, model, folder, peers = sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4:]
    if work in JOBS:
        x = photograph(64 if work == "restore-sr4" else 256)
        save_file({"first": x.contiguous(), "input": to_last(x)}, folder / f"{work}.input")
        return
    if work not in OWN:
        random_weights(work, folder)
        model = str(folder / f"{work}.model")
    module: Any = network(work, model)
    x = example(work, module)
    last = to_last(x) if x.is_floating_point() else x
    save_file({"first": x.contiguous(), "input": last.clone()}, folder / f"{work}.input")
    count_operations(work, module, x, folder)
    if work == "pullback-f16":
        return
    onnx = folder / f"{work}.onnx"
    if work == "sample-f16":
        latent = torch.randn(1, 256, 16, 16)
        torch.onnx.export(module.decoder, (latent,), onnx, dynamo=False, opset_version=17)
        onnx, module = folder / f"{work}.logits.onnx", module.logits
    torch.onnx.export(module, (x,), onnx, dynamo=False, opset_version=17)
    if work in ("transformer-24x768", "sample-f16", "nearest-code") or work.endswith("64"):
        return
    if "mnn" in peers:
        subprocess.run(
            [
                Path(sys.executable).parent / "mnnconvert",
                "-f",
                "ONNX",
                "--modelFile",
                onnx,
                "--MNNModel",
                onnx.with_suffix(".mnn"),
                "--bizCode",
                "bench",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    if "ncnn" in peers:
        import pnnx

        pnnx.export(module, str(folder / "network.pt"), (x,), fp16=False)
        for suffix in ("param", "bin"):
            (folder / f"network.ncnn.{suffix}").rename(folder / f"{work}.ncnn.{suffix}")


if __name__ == "__main__":
    main()
