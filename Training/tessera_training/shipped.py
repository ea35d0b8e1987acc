"""Makes runs of a model folder, to start others from or to export again.

    python -m tessera_training.shipped MODEL --run RUN
    python -m tessera_training.shipped DENOISER --denoiser RUN

The weights are those that ship, without what packing took from them; optimizers are not stored. Such
a run is for `--start-from`, `--go-on-from`, `--tokenizer` and export.py, not to be resumed.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from tessera_training import denoiser_network
from tessera_training.autoencoder import Autoencoder
from tessera_training.denoiser_network import Denoiser
from tessera_training.loop import Config
from tessera_training.networks import Architecture, import_weights
from tessera_training.prior_network import MaskedTransformer


def unpacked(path: Path) -> dict[str, Tensor]:
    """The weights of a file, those of `tessera pack` as what they stand for (Documentation/Files.md).

    Weights of 4 bits lie as [outputs, inputs], whatever their shape was.
    """
    # Files from before formats had names call the scales steps, and those of groups multipliers.
    stored = {
        name.replace(".multipliers", ".groupScales").replace(".steps", ".scales"): value
        for name, value in load_file(path).items()
    }
    weights = {}
    for name, packed in stored.items():
        if name.endswith((".scales", ".groupScales")):
            continue
        value = packed
        if f"{name}.groupScales" in stored:
            low, high = value & 15, value >> 4
            codes = torch.stack([low, high], -1).flatten(1).to(torch.int8)
            codes = torch.where(codes > 7, codes - 16, codes).float()
            scales = stored[f"{name}.groupScales"].float().repeat_interleave(32, 1)
            value = codes * scales[:, : codes.shape[1]]
        if f"{name}.scales" in stored:
            value = value.float() * stored[f"{name}.scales"].view(-1, *[1] * (value.ndim - 1))
        weights[name] = value.float()
    return weights


def part_of(folder: Path, part: str) -> dict[str, Any]:
    """A part of model.json: its settings, and its file."""
    described: dict[str, Any] = json.loads((folder / "model.json").read_text())["parts"][part]
    return {**described["settings"], "file": described["file"]}


def shipped_tokenizer(folder: Path, name: str = "decoder") -> tuple[Autoencoder, Config]:
    """The tokenizer of a model folder with the decoder of a name, and its configuration.

    `perceptual` is the decoder for PSNR in all but its finest stages; `draft` is another network.
    """
    described = part_of(folder, "tokenizer")
    config = {
        "quantizer": described["quantizer"],
        "quantizerOptions": {"slots": len(described["vocabulary"])},
        "architecture": {n: described[n] for n in ("widths", "encoderBlocks", "decoderBlocks")},
    }
    weights = unpacked(folder / described["file"])
    if name == "draft":
        draft = described["draft"]
        config |= {"trains": ["decoder"], "draft": {"widths": draft["widths"], "decoderBlocks": draft["blocks"]}}
    if name == "perceptual":
        stages = [f"decoder.stages.{index}" for index in range(described["perceptualStages"])]
        config |= {"trains": [*stages, "decoder.conv_out"]}
    weights |= {k.replace(name, "decoder", 1): v for k, v in weights.items() if k.startswith(name)}
    model = Autoencoder(config)
    import_weights(weights, model.encoder, model.decoder)
    model.quantizer.unfold_from(weights)
    return model.eval(), config


def shipped_prior(folder: Path) -> tuple[MaskedTransformer, Config]:
    """The prior of a model folder, and its configuration."""
    described, slots = part_of(folder, "prior"), len(part_of(folder, "tokenizer")["vocabulary"])
    config = {n: described[n] for n in ("layers", "width", "heads", "window", "labels")}
    model = MaskedTransformer(config["layers"], config["width"], config["heads"], len(config["labels"]), slots)
    weights = unpacked(folder / described["file"])
    if "label.embedding" in weights:
        weights["label.weight"] = weights.pop("label.embedding")
    model.load_state_dict(weights)
    return model.eval(), config


def shipped_denoiser(folder: Path, part: str = "denoiser") -> tuple[Denoiser, Config]:
    """A network of a denoiser's folder, and its configuration."""
    described = part_of(folder, part)
    config = {"architecture": {n: described[n] for n in ("widths", "encoderBlocks", "decoderBlocks")}}
    model = Denoiser(Architecture(**config["architecture"]))
    denoiser_network.import_weights(unpacked(folder / described["file"]), model)
    return model.eval(), config


def save(run: Path, model: nn.Module, config: Config) -> None:
    """Writes the state of a run that has taken no step."""
    run.mkdir(parents=True, exist_ok=True)
    state = {"config": config, "labels": config.get("labels"), "model": model.state_dict(), "step": 0}
    torch.save(state, run / "state.pt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="a model folder, such as Checkpoints/photo-dimension")
    parser.add_argument("--run", type=Path, help="folder for the tokenizer's run")
    parser.add_argument("--perceptual", type=Path, help="folder for the run of the perceptual decoder")
    parser.add_argument("--draft", type=Path, help="folder for the run of the draft decoder")
    parser.add_argument("--prior", type=Path, help="folder for the prior's run")
    parser.add_argument("--denoiser", type=Path, help="folder for the run of a denoiser, if the model is one")
    arguments = parser.parse_args()
    decoders = {"decoder": arguments.run, "perceptual": arguments.perceptual, "draft": arguments.draft}
    for name, run in decoders.items():
        if run:
            save(run, *shipped_tokenizer(arguments.model, name))
    if arguments.prior:
        save(arguments.prior, *shipped_prior(arguments.model))
    if arguments.denoiser:
        save(arguments.denoiser, *shipped_denoiser(arguments.model))


if __name__ == "__main__":
    main()
