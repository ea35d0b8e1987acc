"""Writes a model folder from training runs.

    python -m tessera_training.export --run RUN [--prior RUN] --name NAME --out DIR
    python -m tessera_training.export --denoiser RUN [--deblocker RUN] [--upscaler RUN] [--sharpener RUN]
        --name NAME --out DIR

Weights are stored in half precision.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from tessera_training import denoiser_network
from tessera_training.autoencoder import Autoencoder
from tessera_training.encoding import load_run
from tessera_training.loop import Config, load_state
from tessera_training.networks import Architecture, exported_weights
from tessera_training.prior_network import MaskedTransformer
from tessera_training.quantizers import CODES

LICENCE = "trained on openly licensed photographs (CC0, CC BY, CC BY-SA, Unsplash), see Checkpoints/README.md"


def written(path: Path, weights: dict[str, Tensor]) -> dict[str, Any]:
    """Saves weights in half precision, tables of the quantizer in full; the file's name and hash."""
    stored = {name: value if name.startswith("quantizer.") else value.half() for name, value in weights.items()}
    save_file({k: v.contiguous() for k, v in stored.items()}, path)
    path.chmod(0o644)
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def part(kind: str, file: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """A part of model.json: a family, a file of weights, and what the family is told."""
    return {"kind": kind, **file, "settings": settings}


def decoder_weights(run: Path, name: str) -> tuple[dict[str, Tensor], Config]:
    """The trained weights of a run's decoder under another name, and the run's configuration."""
    model, state = load_run(run)
    if "trains" not in state["config"]:
        raise SystemExit(f"'{run}' trained its encoder too: its decoder is for other codes")
    trained = tuple(state["config"]["trains"])
    weights = exported_weights(model.encoder, model.decoder).items()
    return {k.replace("decoder", name, 1): v for k, v in weights if k.startswith(trained)}, state["config"]


def tokenizer_entry(
    model: Autoencoder, config: Config, draft: Path | None, perceptual: Path | None, folder: Path
) -> dict[str, Any]:
    """Writes tokenizer.safetensors, other decoders included; its part of model.json."""
    weights = exported_weights(model.encoder, model.decoder)
    others: dict[str, Any] = {}
    if draft:
        drafted, theirs = decoder_weights(draft, "draft")
        weights |= drafted
        others["draft"] = {"widths": theirs["draft"]["widths"], "blocks": theirs["draft"]["decoderBlocks"]}
    if perceptual:
        finest, theirs = decoder_weights(perceptual, "perceptual")
        weights |= finest
        count = len(theirs["trains"]) - 1
        if theirs["trains"] != [f"decoder.stages.{index}" for index in range(count)] + ["decoder.conv_out"]:
            raise SystemExit(f"'{perceptual}' trained {theirs['trains']}, not finest stages and the last layer")
        others["perceptualStages"] = count
    with torch.no_grad():
        model.quantizer.fold_into(weights)
    settings = {
        "quantizer": config["quantizer"],
        "pixelsPerToken": 8,
        "latentChannels": model.quantizer.latent_channels,
        "vocabulary": [CODES] * model.quantizer.slots,
    }
    file = written(folder / "tokenizer.safetensors", weights)
    return part("residual", file, {**settings, **config["architecture"], **others})


def prior_entry(run: Path, slots: int, folder: Path, window: int | None) -> tuple[dict[str, Any], int]:
    """Writes prior.safetensors; its part of model.json and the number of steps.

    Places are known by rotation, so that a prior can be asked for larger windows than it was trained on.
    """
    state = load_state(run / "state.pt", "cpu")
    config, labels = state["config"], state["labels"]
    model = MaskedTransformer(config["layers"], config["width"], config["heads"], len(labels), slots)
    model.load_state_dict(state["model"])
    file = written(folder / "prior.safetensors", model.exported_weights())
    names = ("layers", "width", "heads", "window")
    settings = {n: config[n] for n in names} | ({"window": window} if window else {})
    return part("masked-transformer", file, settings | {"labels": labels}), state["step"]


def denoiser_entry(run: Path, role: str, folder: Path) -> tuple[dict[str, Any], int]:
    """Writes the weights of a denoiser or of its like; its part of model.json and the number of steps."""
    state = load_state(run / "state.pt", "cpu")
    architecture = state["config"]["architecture"]
    model = denoiser_network.Denoiser(Architecture(**architecture))
    model.load_state_dict(state["model"])
    file = written(folder / f"{role}.safetensors", denoiser_network.exported_weights(model))
    return part("residual-unet", file, architecture), state["step"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=Path, help="folder of a tokenizer's run")
    what.add_argument("--denoiser", type=Path, help="folder of a denoiser's run, which is a model of its own")
    parser.add_argument("--deblocker", type=Path, help="folder of the run of a network for JPEGs")
    parser.add_argument("--upscaler", type=Path, help="folder of the run of a network for reductions")
    parser.add_argument("--sharpener", type=Path, help="folder of the run of a network for texture")
    parser.add_argument("--prior", type=Path, help="folder of a prior's run")
    parser.add_argument("--draft", type=Path, help="folder of a draft decoder's run")
    parser.add_argument("--perceptual", type=Path, help="folder of the run of a perceptual decoder's finest stages")
    parser.add_argument("--window", type=int, help="positions a side of the prior's windows; as trained unless given")
    parser.add_argument("--name", required=True)
    parser.add_argument("--description", default="")
    parser.add_argument("--hardware", default="2 CPU cores")
    parser.add_argument("--command", default="see Checkpoints/README.md")
    parser.add_argument("--out", required=True, type=Path, help="the folder that holds the model folders")
    arguments = parser.parse_args()
    folder = arguments.out / arguments.name
    folder.mkdir(parents=True, exist_ok=True)
    training: dict[str, Any] = {"data": "photos256", "licence": LICENCE}
    parts: dict[str, Any] = {}
    if arguments.denoiser:
        parts["denoiser"], training["steps"] = denoiser_entry(arguments.denoiser, "denoiser", folder)
        for role in ("deblocker", "upscaler", "sharpener"):
            if run := getattr(arguments, role):
                parts[role], _ = denoiser_entry(run, role, folder)
    else:
        model, state = load_run(arguments.run)
        training["steps"] = state["step"]
        parts["tokenizer"] = tokenizer_entry(model, state["config"], arguments.draft, arguments.perceptual, folder)
        if arguments.prior:
            parts["prior"], training["priorSteps"] = prior_entry(
                arguments.prior, model.quantizer.slots, folder, arguments.window
            )
    training |= {"hardware": arguments.hardware, "command": arguments.command}
    described = {
        "format": 2,
        "name": arguments.name,
        "description": arguments.description,
        "parts": parts,
        "training": training,
    }
    (folder / "model.json").write_text(json.dumps(described, indent=2) + "\n")


if __name__ == "__main__":
    main()
