"""Times each stage of Tessera beside PyTorch on the same weights, interleaved, and prints ratios.

    python compare_pytorch.py BENCHMARKS_EXECUTABLE MODEL_FOLDER [--threads 2] [--rounds 7]

A round runs all stages of one side, then all of the other; the ratio is that of the medians over
rounds. PyTorch runs channels last, in float32, under inference mode where no gradient is asked.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).parents[2] / "Scripts" / "train"))
from networks import Architecture, Decoder, Encoder, import_weights  # noqa: E402
from prior_network import MaskedTransformer  # noqa: E402


def stages(folder: Path):
    """Name to function, each one run of a stage at 256x256 pixels."""
    described = json.loads((folder / "model.json").read_text())
    part = described["tokenizer"]
    names = ("widths", "encoderBlocks", "decoderBlocks")
    architecture = Architecture(**{n: part[n] for n in names})
    encoder = Encoder(architecture, part["latentChannels"]).eval()
    decoder = Decoder(architecture, part["latentChannels"]).eval()
    import_weights(load_file(folder / part["file"]), encoder, decoder)
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
    if "prior" in described:
        prior = described["prior"]
        network = MaskedTransformer(
            prior["layers"], prior["width"], prior["heads"], len(prior["labels"])
        ).eval()
        weights = load_file(folder / prior["file"])
        if "label.embedding" in weights:
            weights["label.weight"] = weights.pop("label.embedding")
        network.load_state_dict({k: v.float() for k, v in weights.items()})
        # A grid of 32 x 32 is covered by nine windows of 16 x 16 that overlap by half.
        codes = torch.full((9, prior["window"], prior["window"], 4), 256)
        label = torch.tensor([len(prior["labels"])] * 9)
        table["prior step"] = torch.inference_mode()(lambda: network(codes, label))
        table["APS inner step"] = inner_step(decoder, codebooks(folder, part))
    return table


def codebooks(folder: Path, part: dict):
    """The code vectors [4, 256, channels of a slot] of any of the three quantizers."""
    weights = load_file(folder / part["file"])
    if part["quantizer"] == "factorized":
        return weights["quantizer.codebooks"].float()
    if part["quantizer"] == "binary":
        bits = (torch.arange(256).unsqueeze(1) >> torch.arange(8)) & 1
        return (2.0 * bits - 1).expand(4, -1, -1)
    levels = weights["quantizer.levels"].float().view(4, 2, 16)
    first, second = levels[:, 0, :, None].expand(-1, -1, 16), levels[:, 1, None, :].expand(-1, 16, -1)
    return torch.stack([first, second], -1).flatten(1, 2)


def inner_step(decoder, books):
    """One gradient step of anchored posterior sampling for a picture reduced by four."""
    side, slots = 32, len(books)
    prior = torch.randn(slots, side * side, 256).log_softmax(-1)
    logits = prior.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([logits], lr=0.5, eps=1e-12)
    reduce = F.interpolate(
        torch.eye(256).view(1, 1, 256, 256), (64, 256), mode="bicubic", antialias=True
    )[0, 0]
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
        (loss + 0.03 * loss.detach() * divergence).backward()
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
        arguments.executable, "stages", "--model", str(arguments.model),
        "--threads", str(arguments.threads), "--repeats", str(arguments.repeats),
    ]
    times = {name: ([], []) for name in theirs}
    for _ in range(arguments.rounds):
        ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for name, run in theirs.items():
            run()
            times[name][0].append(ours[name])
            times[name][1].append(seconds(run, arguments.repeats))
    print(f"| stage at 256x256, {arguments.threads} threads | Tessera, ms | PyTorch {torch.__version__}, ms | ratio |")
    print("|---|---|---|---|")
    for name, (a, b) in times.items():
        a, b = statistics.median(a), statistics.median(b)
        print(f"| {name} | {1e3 * a:.1f} | {1e3 * b:.1f} | {b / a:.2f} |")


if __name__ == "__main__":
    main()
