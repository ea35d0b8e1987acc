"""The networks that Scripts/bench times, as PyTorch modules: channels first in, channels first out."""

from pathlib import Path

import torch
from torch import nn

from taming import TamingDecoder, TamingEncoder
from tessera_training.prior_network import MaskedTransformer
from tessera_training.shipped import shipped_prior, shipped_tokenizer

JOBS = ("inpaint", "restore-sr4")
OWN = ("encode-own", "decode-own", "encode-own-64", "decode-own-64")


class NearestCode(nn.Module):
    """The code of the least distance to each row: the largest x c - |c|^2 / 2."""

    def __init__(self, count=16384, width=8):
        super().__init__()
        codes = torch.randn(count, width)
        self.codes = nn.Parameter(codes.t().contiguous(), requires_grad=False)
        self.offsets = nn.Parameter(-codes.square().sum(1) / 2, requires_grad=False)

    def forward(self, x):
        return torch.addmm(self.offsets, x, self.codes).argmax(1)


class SampledPicture(nn.Module):
    """The networks of sample-f16: a transformer, code vectors and a decoder, which sampling.py runs."""

    def __init__(self):
        super().__init__()
        self.logits, self.decoder = MaskedLogits(MaskedTransformer(24, 768, 12)), TamingDecoder()
        self.codebooks = nn.Parameter(torch.randn(1024, 64), requires_grad=False)


class MaskedLogits(nn.Module):
    """The transformer without a label, its logits in the order [position * slot, code]."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, codes):
        return self.network(codes).flatten(0, 2)


def own(folder: Path):
    """Encoder and decoder of a model folder."""
    model, _ = shipped_tokenizer(folder)
    return model.encoder, model.decoder


def randomized(work: str) -> nn.Module:
    """The network of a work that has random weights."""
    if work == "transformer-24x768":
        return MaskedLogits(MaskedTransformer(24, 768, 12))
    others = {"encode-f16": TamingEncoder, "nearest-code": NearestCode, "sample-f16": SampledPicture}
    return others.get(work, TamingDecoder)()


def network(work: str, model: str) -> nn.Module:
    """The network of a work from its weights: a model folder, or a state dictionary by torch.save."""
    if work in OWN:
        return own(Path(model))[work.startswith("decode")].eval()
    module = randomized(work)
    module.load_state_dict(torch.load(model, weights_only=True))
    return module.eval()


def codebooks(folder: Path):
    """The code vectors [slots, 256, channels of a slot] of any of the three quantizers."""
    quantizer = shipped_tokenizer(folder)[0].quantizer
    every = torch.arange(256).view(1, -1, 1, 1).expand(-1, -1, 1, quantizer.slots)
    with torch.no_grad():
        return quantizer.embed(every)[0, :, :, 0].unflatten(0, (quantizer.slots, -1)).transpose(1, 2).contiguous()


def job(work: str, folder: Path, cast):
    """A whole job as a function of pixels; `cast` is the context that networks run in."""
    from aps import Recovery, inpainted, restored

    def networked(module):
        module.to(memory_format=torch.channels_last).requires_grad_(False)

        def run(*inputs):
            with cast:
                return module(*inputs)

        return run

    encoder, decoder = own(folder)
    prior, described = shipped_prior(folder)
    recovery = Recovery(
        networked(encoder), networked(decoder), prior.requires_grad_(False), codebooks(folder), described["window"]
    )
    recovery.cast = cast
    if work == "restore-sr4":
        return lambda x: restored(recovery, x)
    return lambda x: inpainted(recovery, x, 96, 96, 64)


def to_last(x: torch.Tensor) -> torch.Tensor:
    """Pictures to channels last; rows stay as they are."""
    return (x.permute(0, 2, 3, 1) if x.ndim == 4 else x).contiguous()
