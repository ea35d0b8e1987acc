"""The networks that Scripts/bench times, as PyTorch modules: channels first in, channels first out."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

sys.path.insert(0, str(Path(__file__).parents[2] / "Scripts" / "train"))
from networks import Architecture, Decoder, Encoder, import_weights  # noqa: E402
from prior_network import MaskedTransformer  # noqa: E402
from taming import TamingDecoder  # noqa: E402

WORKS = ("encode-own", "decode-own", "decode-f16", "pullback-f16", "transformer-24x768")


class MaskedLogits(nn.Module):
    """The transformer without a label, its logits in the order [position * slot, code]."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, codes):
        return self.network(codes).flatten(0, 2)


def own(folder: Path):
    """Encoder and decoder of a model folder."""
    described = json.loads((folder / "model.json").read_text())["tokenizer"]
    names = ("widths", "encoderBlocks", "decoderBlocks")
    architecture = Architecture(**{n: described[n] for n in names})
    encoder = Encoder(architecture, described["latentChannels"])
    decoder = Decoder(architecture, described["latentChannels"])
    import_weights(load_file(folder / described["file"]), encoder, decoder)
    return encoder, decoder


def network(work: str, model: str) -> nn.Module:
    """The network of a work from its weights: a model folder, or a state dictionary by torch.save."""
    if work in ("encode-own", "decode-own"):
        return own(Path(model))[work == "decode-own"].eval()
    if work == "transformer-24x768":
        module = MaskedLogits(MaskedTransformer(24, 768, 12))
    else:
        module = TamingDecoder()
    module.load_state_dict(torch.load(model, weights_only=True))
    return module.eval()


def to_last(x: torch.Tensor) -> torch.Tensor:
    """Pictures to channels last; rows stay as they are."""
    return (x.permute(0, 2, 3, 1) if x.ndim == 4 else x).contiguous()
