"""The three quantizers, each with four slots of 256 codes: 32 bits a position.

A quantizer takes the encoder's latent and returns the latent that the decoder reads and the losses
to add. `codes` spells a latent, `fold_into` writes what inference needs into the exported weights.
"""

import torch
import torch.nn.functional as F
from torch import nn

SLOTS, CODES = 4, 256


class DimensionQuantizer(nn.Module):
    """Dimension-wise bins after training (TokenBridge, arXiv 2503.16430, section 3).

    Training knows no bins. Each channel is brought to mean 0 and deviation 1 by its running
    statistics, and noise as wide as a bin of 16 teaches the decoder to bear what rounding will do.
    """

    kind, latent_channels, levels_per_channel = "dimension", 8, 16

    def __init__(self, noise: float = 0.1):
        super().__init__()
        self.noise = noise
        self.norm = nn.BatchNorm2d(self.latent_channels, affine=False, momentum=0.02)
        self.register_buffer("levels", torch.zeros(self.latent_channels, 0))

    def forward(self, latent):
        latent = self.norm(latent)
        if self.training:
            latent = latent + self.noise * torch.randn_like(latent)
        elif self.levels.numel():
            latent = self.embed(self.codes_of_normed(latent))
        return latent, {}

    def codes_of_normed(self, latent):
        z = latent.permute(0, 2, 3, 1)
        index = (z.unsqueeze(-1) - self.levels).abs().argmin(-1)
        return index[..., 0::2] * self.levels_per_channel + index[..., 1::2]

    def codes(self, latent):
        """Codes [N, h, w, 4] of the encoder's latent; needs `levels`, which `tessera fit-bins` finds."""
        return self.codes_of_normed(self.norm(latent))

    def embed(self, codes):
        index = torch.stack([codes // self.levels_per_channel, codes % self.levels_per_channel], -1)
        index = index.flatten(-2)
        channel = torch.arange(self.latent_channels, device=codes.device)
        return self.levels[channel, index].permute(0, 3, 1, 2)

    def fold_into(self, weights):
        scale = (self.norm.running_var + self.norm.eps).rsqrt().cpu()
        weights["encoder.conv_out.weight"] *= scale.view(-1, 1, 1, 1)
        weights["encoder.conv_out.bias"].sub_(self.norm.running_mean.cpu()).mul_(scale)
        if self.levels.numel():
            weights["quantizer.levels"] = self.levels.detach().cpu().contiguous()


class BinaryQuantizer(nn.Module):
    """Bits with a straight-through gradient (Binary Latent Diffusion, arXiv 2304.04820).

    The paper draws bits from Bernoulli(p) in training and offers the threshold p > 1/2 as well. We
    threshold: drawn bits teach the decoder to average dither that inference does not have.
    """

    kind, latent_channels = "binary", 32

    def __init__(self, doubt: float = 0.0):
        super().__init__()
        self.doubt = doubt

    def forward(self, latent):
        probability = latent.sigmoid()
        bits = (latent > 0).float() + probability - probability.detach()
        # The mean of each bit over the batch stays near a half: every code is used.
        losses = {"balance": 0.1 * (probability.mean((0, 2, 3)) - 0.5).square().mean()}
        if self.doubt:
            losses["doubt"] = self.doubt * (probability * (1 - probability)).mean()
        return 2 * bits - 1, losses

    def codes(self, latent):
        bits = (latent > 0).long().permute(0, 2, 3, 1).unflatten(-1, (SLOTS, 8))
        return (bits << torch.arange(8, device=latent.device)).sum(-1)

    def embed(self, codes):
        bits = (codes.unsqueeze(-1) >> torch.arange(8, device=codes.device)) & 1
        return (2.0 * bits.flatten(-2) - 1).permute(0, 3, 1, 2)

    def fold_into(self, weights):
        pass


class FactorizedQuantizer(nn.Module):
    """Sub-codebooks of unit vectors (FQGAN, arXiv 2411.16681), reparametrized as in SimVQ (2411.02038).

    Losses: codebook and commitment on the unit sphere, disentanglement of the slots, and an entropy
    term that asks for sure choices position by position and for all codes over the batch.
    """

    kind, latent_channels = "factorized", 16

    def __init__(self, commitment=0.25, disentanglement=0.1, entropy=0.02):
        super().__init__()
        self.commitment, self.disentanglement, self.entropy = commitment, disentanglement, entropy
        channels = self.latent_channels // SLOTS
        self.register_buffer("frozen", torch.randn(SLOTS, CODES, channels))
        self.linear = nn.Parameter(torch.eye(channels).repeat(SLOTS, 1, 1))

    def codebooks(self):
        return F.normalize(self.frozen @ self.linear, dim=-1)

    def grouped(self, latent):
        """Unit vectors [positions, slot, channel]."""
        z = latent.permute(0, 2, 3, 1).unflatten(-1, (SLOTS, -1)).flatten(0, 2)
        return F.normalize(z, dim=-1)

    def forward(self, latent):
        z, books = self.grouped(latent), self.codebooks()
        similarity = torch.einsum("psc,svc->psv", z, books)
        codes = similarity.argmax(-1)
        chosen = torch.stack([books[s][codes[:, s]] for s in range(SLOTS)], 1)
        quantized = z + (chosen - z).detach()
        losses = {}
        if self.training:
            losses["codebook"] = (chosen - z.detach()).square().sum(-1).mean()
            losses["commitment"] = self.commitment * (chosen.detach() - z).square().sum(-1).mean()
            gram = torch.einsum("psc,ptc->pst", quantized, quantized)
            pairs = gram[:, *torch.triu_indices(SLOTS, SLOTS, 1)]
            losses["disentanglement"] = self.disentanglement * pairs.square().mean()
            p = (similarity[torch.randperm(len(z))[:1024]] * 20).softmax(-1)
            each = -(p * p.clamp_min(1e-8).log()).sum(-1).mean()
            mean = p.mean(0)
            overall = -(mean * mean.clamp_min(1e-8).log()).sum(-1).mean()
            losses["entropy"] = self.entropy * (each - overall)
        n, _, h, w = latent.shape
        return quantized.flatten(1).view(n, h, w, -1).permute(0, 3, 1, 2), losses

    def codes(self, latent):
        n, _, h, w = latent.shape
        similarity = torch.einsum("psc,svc->psv", self.grouped(latent), self.codebooks())
        return similarity.argmax(-1).view(n, h, w, SLOTS)

    def embed(self, codes):
        books = self.codebooks()
        parts = [books[s][codes[..., s]] for s in range(SLOTS)]
        return torch.cat(parts, -1).permute(0, 3, 1, 2)

    def fold_into(self, weights):
        weights["quantizer.codebooks"] = self.codebooks().detach().cpu().contiguous()


QUANTIZERS = {q.kind: q for q in (DimensionQuantizer, BinaryQuantizer, FactorizedQuantizer)}
