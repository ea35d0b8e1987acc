"""Times the Python package beside PyTorch: pictures of 8 bits to tokens, the same weights, interleaved.

    python compare_python.py MODEL_FOLDER [--threads 2] [--batch 16] [--rounds 9]

PyTorch runs channels last, in float32, under inference mode, and stops at the latent; Tessera goes on
to the tokens. The ratio is that of the medians over rounds.
"""

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
import torch

import tessera
from bench_networks import own


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    encoder = own(arguments.model)[0].to(memory_format=torch.channels_last)
    model = tessera.Model.load(arguments.model, threads=arguments.threads)
    pictures = np.random.default_rng(0).integers(0, 256, (arguments.batch, 256, 256, 3), np.uint8)

    @torch.inference_mode()
    def theirs():
        # Strides of channels last come for free from the layout of the array.
        pixels = torch.from_numpy(pictures).permute(0, 3, 1, 2).float().mul_(2 / 255).sub_(1)
        return encoder(pixels)

    times: dict[str, list[float]] = {"tessera": [], "torch": []}
    runs = {"tessera": lambda: model.encode(pictures), "torch": theirs}
    for run in runs.values():
        run()
    for _ in range(arguments.rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    ours, other = (arguments.batch / statistics.median(times[name]) for name in ("tessera", "torch"))
    print(
        f"{arguments.batch} pictures of 256 x 256, {arguments.threads} threads: "
        f"Tessera {ours:.0f} a second, PyTorch {torch.__version__} {other:.0f}, ratio {ours / other:.2f}"
    )


if __name__ == "__main__":
    main()
