"""Times each stage of Tessera beside PyTorch on the same weights, interleaved, and prints ratios.

    python compare_pytorch.py BENCHMARKS_EXECUTABLE MODEL_FOLDER [--threads 2] [--rounds 7]

A round runs all stages of one side, then all of the other; the ratio is that of the medians over
rounds. PyTorch runs channels last, in float32, under inference mode where no gradient is asked.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from aps import starts
from bench_networks import codebooks, own
from tessera_training.shipped import shipped_prior


def stages(folder: Path):
    """Name to function, each one run of a stage at 256x256 pixels."""
    described = json.loads((folder / "model.json").read_text())
    part = described["parts"]["tokenizer"]["settings"]
    encoder, decoder = own(folder)
    encoder.to(memory_format=torch.channels_last)
    decoder.to(memory_format=torch.channels_last)
    pixels = torch.rand(1, 3, 256, 256).mul(2).sub(1).to(memory_format=torch.channels_last)
    latent = torch.randn(1, part["latentChannels"], 32, 32).to(memory_format=torch.channels_last)

    def inner():
        variable = latent.clone().requires_grad_(True)
        (decoder(variable) - pixels).square().mean().backward()

    for parameter in decoder.parameters():
        parameter.requires_grad_(False)
    table = {
        "encode": torch.inference_mode()(lambda: encoder(pixels)),
        "decode": torch.inference_mode()(lambda: decoder(latent)),
        "decode+pullback": inner,
    }
    if "prior" in described["parts"]:
        network, prior = shipped_prior(folder)
        # A grid of 32 x 32 is covered by windows that overlap by half: nine of 16 x 16, one of 32 x 32.
        window = min(prior["window"], 32)
        count = len(starts(32, window)) ** 2
        codes = torch.full((count, window, window, 4), 256)
        label = torch.tensor([len(prior["labels"])] * count)
        table["prior step"] = torch.inference_mode()(lambda: network(codes, label))
        table["APS inner step"] = inner_step(decoder, codebooks(folder))
    return table


def inner_step(decoder, books):
    """One gradient step of anchored posterior sampling for a picture reduced by four."""
    side, slots = 32, len(books)
    prior = torch.randn(slots, side * side, 256).log_softmax(-1)
    logits = prior.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([logits], lr=0.5, eps=1e-12)
    reduce = F.interpolate(torch.eye(256).view(1, 1, 256, 256), (64, 256), mode="bicubic", antialias=True)[0, 0]
    measured = torch.rand(1, 3, 64, 64)
    norms = books.square().sum(-1).unsqueeze(1)

    def run():
        optimizer.zero_grad(set_to_none=True)
        p = logits.softmax(-1)
        mean = p @ books
        with torch.no_grad():
            hard = (norms - 2 * mean @ books.mT).argmin(-1)
            snapped = torch.gather(books, 1, hard.unsqueeze(-1).expand(-1, -1, books.shape[-1]))
        latent = (mean + (snapped - mean).detach()).permute(1, 0, 2).reshape(1, side, side, -1)
        pixels = decoder(latent.permute(0, 3, 1, 2))
        loss = (reduce @ pixels @ reduce.mT - measured).square().mean()
        divergence = (p * (logits.log_softmax(-1) - prior)).sum(-1).mean()
        (loss + 0.01 * loss.detach() * divergence).backward()
        optimizer.step()

    return run


def seconds(run, repeats: int) -> float:
    """The best of a few runs: what the machine can do in this moment."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("executable")
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    theirs = stages(arguments.model)
    command = [
        arguments.executable,
        "stages",
        "--model",
        str(arguments.model),
        "--threads",
        str(arguments.threads),
        "--repeats",
        str(arguments.repeats),
    ]
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in theirs}
    for _ in range(arguments.rounds):
        ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for name, run in theirs.items():
            run()
            times[name][0].append(ours[name])
            times[name][1].append(seconds(run, arguments.repeats))
    print(f"| stage at 256x256, {arguments.threads} threads | Tessera, ms | PyTorch {torch.__version__}, ms | ratio |")
    print("|---|---|---|---|")
    for name, both in times.items():
        a, b = map(statistics.median, both)
        print(f"| {name} | {1e3 * a:.1f} | {1e3 * b:.1f} | {b / a:.2f} |")


if __name__ == "__main__":
    main()
