"""Times `tessera tokenize` beside a DataLoader with PyTorch or OpenVINO: the section `dataset` of Scripts/measure.

    python compare_dataset.py TESSERA MODEL_FOLDER PICTURES [--count 1024] [--rounds 5] [--threads 2]

PICTURES are made into JPEGs of two kinds, of 256 x 256 pixels and of 1024 x 768 that are cropped and resized,
linked until there are COUNT files. Programs take turns; the table has medians of pictures a second. Tessera is
timed from its start to its end, the others from their first picture. Each of them has the number of loading
processes with which it was fastest in a trial. Prints Markdown.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load_file

from bench_networks import network

HERE = Path(__file__).resolve().parent
KINDS = {"256 x 256": (256, 256), "1024 x 768": (1024, 768)}
SIDE = 256
WORKERS = (0, 1, 2)


def make_pictures(sources: list[Path], folder: Path, size: tuple[int, int], count: int):
    folder.mkdir()
    for place in range(count):
        path = folder / f"{place:06d}.jpg"
        if place < len(sources):
            picture = Image.open(sources[place]).convert("RGB")
            picture.resize(size, Image.Resampling.BICUBIC).save(path, quality=90)
        else:
            os.link(folder / f"{place % len(sources):06d}.jpg", path)


class Program:
    """A program that tokenizes pictures, in a number of loading processes."""

    name: str
    workers: int | str

    def seconds(self, pictures: Path) -> float:
        """How long it takes."""
        raise NotImplementedError

    def tokens(self) -> np.ndarray:
        """What it made of the pictures, [N, h, w, K]."""
        raise NotImplementedError


class Peer(Program):
    """Another program."""

    def __init__(self, name: str, workers: int, arguments, work: Path):
        self.name, self.workers, self.arguments = name, workers, arguments
        self.onnx, self.answer = work / "encoder.onnx", work / f"{name}-{workers}.safetensors"

    def seconds(self, pictures: Path) -> float:
        line = subprocess.run(
            [
                sys.executable,
                HERE / "peer_dataset.py",
                self.name,
                self.arguments.model,
                self.onnx,
                pictures,
                self.answer,
                str(SIDE),
                str(self.arguments.threads),
                str(self.workers),
            ],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=HERE,
        ).stdout
        return json.loads(line.splitlines()[-1])["seconds"]

    def tokens(self) -> np.ndarray:
        return load_file(self.answer)["tokens"]


class Tessera(Program):
    """The command, which reports how long its threads worked on what."""

    name, workers = "tessera", "-"

    def __init__(self, arguments, work: Path):
        self.arguments, self.folder = arguments, work / "tokens"
        self.stages: dict[str, float] = {}

    def seconds(self, pictures: Path) -> float:
        start = time.perf_counter()
        lines = subprocess.run(
            [
                self.arguments.tessera.resolve(),
                "tokenize",
                pictures,
                "-o",
                self.folder,
                "--model",
                self.arguments.model,
                "--size",
                str(SIDE),
                "--threads",
                str(self.arguments.threads),
                "--json",
                "--quiet",
                "--overwrite",
            ],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        seconds = time.perf_counter() - start
        self.stages = json.loads(lines.splitlines()[-1])["summary"]["threadSeconds"]
        return seconds

    def tokens(self) -> np.ndarray:
        return np.concatenate([load_file(path)["tokens"] for path in sorted(self.folder.glob("*.safetensors"))])


def export_encoder(model: str, path: Path):
    module = network("encode-own", model)
    torch.onnx.export(
        module,
        (torch.zeros(2, 3, SIDE, SIDE),),
        path,
        dynamo=False,
        opset_version=17,
        input_names=["pixels"],
        output_names=["latent"],
        dynamic_axes={"pixels": {0: "n"}, "latent": {0: "n"}},
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tessera", type=Path)
    parser.add_argument("model", type=lambda path: str(Path(path).resolve()))
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--count", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    sources = sorted(arguments.pictures.glob("*.png"))
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        export_encoder(arguments.model, work / "encoder.onnx")
        print(
            f"{arguments.count} JPEGs, {arguments.threads} threads, medians of {arguments.rounds} interleaved rounds. "
            "Tokens: how many are those of Tessera.\n"
        )
        print("| pictures | program | loading processes | pictures a second | Tessera is faster by | tokens |")
        print("|" + "---|" * 6, flush=True)
        shares = []
        for kind, size in KINDS.items():
            pictures = work / kind.replace(" ", "")
            make_pictures(sources, pictures, size, arguments.count)
            ours = Tessera(arguments, work)
            rivals = [Peer(peer, n, arguments, work) for peer in ("torch", "openvino") for n in WORKERS]
            trial = {rival: rival.seconds(pictures) for rival in rivals}
            best = [min((r for r in rivals if r.name == peer), key=trial.__getitem__) for peer in ("torch", "openvino")]
            times: dict[Program, list[float]] = {program: [] for program in (ours, *best)}
            for _ in range(arguments.rounds):
                for program, seconds in times.items():
                    seconds.append(program.seconds(pictures))
            reference = ours.tokens()
            for program, seconds in times.items():
                rate = f"{arguments.count / statistics.median(seconds):.0f}"
                ratio = statistics.median(a / b for a, b in zip(seconds, times[ours], strict=True))
                same = 100 * np.mean(program.tokens() == reference)
                print(
                    f"| {kind} | {program.name} | {program.workers} | {rate} | {ratio:.2f} | {same:.1f} % |", flush=True
                )
            shares.append((kind, ours.stages))
        print("\n| pictures | " + " | ".join(shares[0][1]) + " |\n|" + "---|" * (1 + len(shares[0][1])))
        for kind, stages in shares:
            whole = sum(stages.values())
            print(f"| {kind} | " + " | ".join(f"{100 * s / whole:.0f} %" for s in stages.values()) + " |")


if __name__ == "__main__":
    main()
