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
        codes = torch.full((1, prior["window"], prior["window"], 4), 256)
        label = torch.tensor([len(prior["labels"])])
        table["prior step"] = torch.inference_mode()(lambda: network(codes, label))
    return table


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
