"""A tokenizer as one module: encoder, quantizer and decoder."""

import torch
from torch import Tensor, nn

from tessera_training.loop import Config
from tessera_training.networks import Architecture, Decoder, Encoder
from tessera_training.quantizers import QUANTIZERS


class Autoencoder(nn.Module):
    """Encoder, quantizer and decoder as a configuration names them.

    `trains` lists what the names of trained weights begin with; all are trained unless it is there.
    """

    def __init__(self, config: Config):
        super().__init__()
        architecture = Architecture(**config.get("architecture", {}))
        self.quantizer = QUANTIZERS[config["quantizer"]](**config.get("quantizerOptions", {}))
        self.encoder = Encoder(architecture, self.quantizer.latent_channels)
        decoder = Architecture(**config["draft"]) if "draft" in config else architecture
        self.decoder = Decoder(decoder, self.quantizer.latent_channels)
        trained = tuple(config.get("trains", [""]))
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(parameter.requires_grad and name.startswith(trained))
        self.only_decoder = not any(p.requires_grad for p in self.encoder.parameters())

    def forward(self, pixels: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Pixels as decoded, and the losses of the quantizer."""
        with torch.set_grad_enabled(self.training and not self.only_decoder):
            latent, losses = self.quantizer(self.encoder(pixels).float())
        return self.decoder(latent), losses

    def groups(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Kernels between hidden layers, which Muon steps, and all others, which belong to AdamW."""
        outer = ("conv_in", "conv_out")
        inner: list[nn.Parameter] = []
        rest: list[nn.Parameter] = []
        for name, parameter in self.named_parameters():
            if parameter.requires_grad:
                hidden = parameter.ndim == 4 and not any(part in name for part in outer)
                (inner if hidden else rest).append(parameter)
        return inner, rest
