"""The three quantizers, with slots of 256 codes: four of them, 32 bits a position, unless told.

A quantizer takes the encoder's latent and returns the latent that the decoder reads and the losses
to add. `codes` spells a latent, `fold_into` writes what inference needs into the exported weights and
`unfold_from` reads it back.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CODES = 256
MOMENTUM = 0.02  # of the running statistics of latents


class RunningNorm(nn.BatchNorm2d):
    """A batch norm that always has running statistics."""

    running_mean: Tensor
    running_var: Tensor


class DimensionQuantizer(nn.Module):
    """Scalar bins for every dimension (TokenBridge, arXiv 2503.16430, section 3), then learned.

    Training begins without bins: each channel is brought to mean 0 and deviation 1 by its running
    statistics, and noise as wide as a bin of 16 teaches the decoder to bear what rounding will do.
    `start_bins` fixes the statistics and fits Lloyd-Max bins; from then on latents are rounded with
    a straight-through gradient, and the bins' values are learned with everything else (QLAE,
    arXiv 2305.18378).
    """

    kind, levels_per_channel = "dimension", 16

    def __init__(
        self, slots: int = 4, noise: float = 0.1, commitment: float = 0.02, law: str = "lloyd-max", reach: float = 3.0
    ):
        super().__init__()
        self.slots, self.latent_channels = slots, 2 * slots
        self.noise, self.commitment, self.has_bins = noise, commitment, False
        self.law, self.reach = law, reach
        self.norm = RunningNorm(self.latent_channels, affine=False, momentum=MOMENTUM)
        self.levels = nn.Parameter(torch.zeros(self.latent_channels, self.levels_per_channel))
        self.register_load_state_dict_post_hook(DimensionQuantizer.look_for_bins)

    def look_for_bins(self, _: object) -> None:
        """Bins that were never fitted are all 0."""
        self.has_bins = bool(self.levels.any())

    @torch.no_grad()
    def start_bins(self, latent: Tensor) -> None:
        """Sets bins by the law: those of least squared error (Lloyd-Max) of the encoder's latents of many
        pictures, or fixed ones within `reach` deviations, as far from each other (uniform) or as often
        used by a normal variable (gaussian, TokenBridge)."""
        count, self.has_bins = self.levels_per_channel, True
        middles = (torch.arange(count, device=latent.device) + 0.5) / count
        if self.law == "uniform":
            self.levels.copy_(self.reach * (2 * middles - 1).expand_as(self.levels))
            return
        if self.law == "gaussian":
            least = torch.special.ndtr(torch.tensor(-self.reach, device=latent.device))
            self.levels.copy_(torch.special.ndtri(least + (1 - 2 * least) * middles).expand_as(self.levels))
            return
        samples = self.normed(latent, False).transpose(0, 1).flatten(1).sort(-1).values.contiguous()
        levels = samples[:, torch.arange(count) * samples.shape[1] // count + samples.shape[1] // (2 * count)]
        sums = F.pad(samples.double().cumsum(-1), (1, 0))
        for _ in range(100):
            middles = (levels[:, 1:] + levels[:, :-1]) / 2
            edges = torch.searchsorted(samples, middles.contiguous())
            edges = F.pad(F.pad(edges, (1, 0)), (0, 1), value=samples.shape[1])
            levels = (sums.gather(1, edges).diff() / edges.diff().clamp_min(1)).float()
        self.levels.copy_(levels)

    def normed(self, latent: Tensor, learns: bool) -> Tensor:
        """The latent with mean 0 and deviation 1 a channel."""
        norm = self.norm
        return F.batch_norm(
            latent, norm.running_mean, norm.running_var, training=learns, momentum=MOMENTUM, eps=norm.eps
        )

    def forward(self, latent: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        latent = self.normed(latent, self.training and not self.has_bins)
        if not self.has_bins:
            return (latent + self.noise * torch.randn_like(latent) if self.training else latent), {}
        rounded = self.embed(self.codes_of_normed(latent))
        losses = {"commitment": self.commitment * (latent - rounded.detach()).square().mean()}
        return rounded + latent - latent.detach(), losses

    def codes_of_normed(self, latent: Tensor) -> Tensor:
        z = latent.permute(0, 2, 3, 1)
        index = (z.unsqueeze(-1) - self.levels).abs().argmin(-1)
        return index[..., 0::2] * self.levels_per_channel + index[..., 1::2]

    def codes(self, latent: Tensor) -> Tensor:
        """Codes [N, h, w, slots] of the encoder's latent; needs bins."""
        return self.codes_of_normed(self.normed(latent, False))

    def embed(self, codes: Tensor) -> Tensor:
        index = torch.stack([codes // self.levels_per_channel, codes % self.levels_per_channel], -1)
        index = index.flatten(-2)
        channel = torch.arange(self.latent_channels, device=codes.device)
        return self.levels[channel, index].permute(0, 3, 1, 2)

    def fold_into(self, weights: dict[str, Tensor]) -> None:
        scale = (self.norm.running_var + self.norm.eps).rsqrt().cpu()
        weights["encoder.conv_out.weight"] *= scale.view(-1, 1, 1, 1)
        weights["encoder.conv_out.bias"].sub_(self.norm.running_mean.cpu()).mul_(scale)
        if self.has_bins:
            weights["quantizer.levels"] = self.levels.detach().sort(-1).values.cpu().contiguous()

    @torch.no_grad()
    def unfold_from(self, weights: dict[str, Tensor]) -> None:
        self.norm.running_var.fill_(1 - self.norm.eps)
        self.levels.copy_(weights["quantizer.levels"])
        self.has_bins = True


class BinaryQuantizer(nn.Module):
    """Bits with a straight-through gradient (Binary Latent Diffusion, arXiv 2304.04820).

    The paper draws bits from Bernoulli(p) in training (`drawn`) and offers the threshold p > 1/2 as well.
    We threshold: drawn bits teach the decoder to average dither that inference does not have. `doubt`
    weighs the variance of the bits, `balance` how far their means are from a half.
    """

    kind, has_bins = "binary", True

    def __init__(self, slots: int = 4, doubt: float = 0.0, balance: float = 0.1, drawn: bool = False):
        super().__init__()
        self.slots, self.latent_channels = slots, 8 * slots
        self.doubt, self.balance, self.drawn = doubt, balance, drawn

    def forward(self, latent: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        probability = latent.sigmoid()
        chosen = probability.bernoulli() if self.drawn and self.training else (latent > 0).float()
        bits = chosen.detach() + probability - probability.detach()
        # The mean of each bit over the batch stays near a half: every code is used.
        losses = {"balance": self.balance * (probability.mean((0, 2, 3)) - 0.5).square().mean()}
        if self.doubt:
            losses["doubt"] = self.doubt * (probability * (1 - probability)).mean()
        return 2 * bits - 1, losses

    def codes(self, latent: Tensor) -> Tensor:
        bits = (latent > 0).long().permute(0, 2, 3, 1).unflatten(-1, (self.slots, 8))
        return (bits << torch.arange(8, device=latent.device)).sum(-1)

    def embed(self, codes: Tensor) -> Tensor:
        bits = (codes.unsqueeze(-1) >> torch.arange(8, device=codes.device)) & 1
        return (2.0 * bits.flatten(-2) - 1).permute(0, 3, 1, 2)

    def fold_into(self, weights: dict[str, Tensor]) -> None:
        pass

    def unfold_from(self, weights: dict[str, Tensor]) -> None:
        pass


class FactorizedQuantizer(nn.Module):
    """Sub-codebooks of unit vectors (FQGAN, arXiv 2411.16681), reparametrized as in SimVQ (2411.02038).

    Losses: codebook and commitment on the unit sphere, disentanglement of the slots, and an entropy
    term that asks for sure choices position by position and for all codes over the batch. Without
    `reparametrized` each code is learned by itself; `weighted` searches along the principal axes of a
    slot, each counted by its variance (DINO-Tok, arXiv 2511.20565), which model folders cannot say.
    """

    kind, has_bins = "factorized", True

    def __init__(
        self,
        slots: int = 4,
        commitment: float = 0.25,
        disentanglement: float = 0.1,
        entropy: float = 0.02,
        reparametrized: bool = True,
        weighted: bool = False,
    ):
        super().__init__()
        self.slots, self.latent_channels = slots, 4 * slots
        self.commitment, self.disentanglement, self.entropy = commitment, disentanglement, entropy
        channels = self.latent_channels // slots
        codes, linear = torch.randn(slots, CODES, channels), torch.eye(channels).repeat(slots, 1, 1)
        self.frozen = nn.Parameter(codes, requires_grad=not reparametrized)
        self.linear = nn.Parameter(linear, requires_grad=reparametrized)
        self.weighted = weighted
        if weighted:
            self.covariance: Tensor
            self.register_buffer("covariance", torch.eye(channels).repeat(slots, 1, 1) / channels)

    def codebooks(self) -> Tensor:
        return F.normalize(self.frozen @ self.linear, dim=-1)

    def grouped(self, latent: Tensor) -> Tensor:
        """Unit vectors [positions, slot, channel]."""
        z = latent.permute(0, 2, 3, 1).unflatten(-1, (self.slots, -1)).flatten(0, 2)
        return F.normalize(z, dim=-1)

    def similarity(self, z: Tensor, books: Tensor) -> Tensor:
        """How near codes are [position, slot, code]."""
        if self.weighted:
            if self.training:
                self.covariance.lerp_(torch.einsum("psc,psd->scd", z, z).detach().float() / len(z), 0.02)
            variances, axes = torch.linalg.eigh(self.covariance)
            axes = axes * variances.clamp_min(0).sqrt().unsqueeze(-2)
            z = F.normalize(torch.einsum("psc,scd->psd", z, axes), dim=-1)
            books = F.normalize(books @ axes, dim=-1)
        return torch.einsum("psc,svc->psv", z, books)

    def forward(self, latent: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        z, books = self.grouped(latent), self.codebooks()
        similarity = self.similarity(z, books)
        codes = similarity.argmax(-1)
        # By gather, whose gradient adds up without sorting positions by their codes.
        chosen = books.gather(1, codes.t().unsqueeze(-1).expand(-1, -1, books.shape[-1])).transpose(0, 1)
        quantized = z + (chosen - z).detach()
        losses = {}
        if self.training:
            losses["codebook"] = (chosen - z.detach()).square().sum(-1).mean()
            losses["commitment"] = self.commitment * (chosen.detach() - z).square().sum(-1).mean()
            gram = torch.einsum("psc,ptc->pst", quantized, quantized)
            rows, columns = torch.triu_indices(self.slots, self.slots, 1)
            pairs = gram[:, rows, columns]
            losses["disentanglement"] = self.disentanglement * pairs.square().mean()
            p = (similarity[torch.randperm(len(z))[:1024]] * 20).softmax(-1)
            each = -(p * p.clamp_min(1e-8).log()).sum(-1).mean()
            mean = p.mean(0)
            overall = -(mean * mean.clamp_min(1e-8).log()).sum(-1).mean()
            losses["entropy"] = self.entropy * (each - overall)
        n, _, h, w = latent.shape
        return quantized.flatten(1).view(n, h, w, -1).permute(0, 3, 1, 2), losses

    def codes(self, latent: Tensor) -> Tensor:
        n, _, h, w = latent.shape
        return self.similarity(self.grouped(latent), self.codebooks()).argmax(-1).view(n, h, w, self.slots)

    def embed(self, codes: Tensor) -> Tensor:
        books = self.codebooks()
        parts = [books[s][codes[..., s]] for s in range(self.slots)]
        return torch.cat(parts, -1).permute(0, 3, 1, 2)

    def fold_into(self, weights: dict[str, Tensor]) -> None:
        if self.weighted:
            raise SystemExit("a weighted search cannot be exported")
        weights["quantizer.codebooks"] = self.codebooks().detach().cpu().contiguous()

    @torch.no_grad()
    def unfold_from(self, weights: dict[str, Tensor]) -> None:
        self.frozen.copy_(weights["quantizer.codebooks"])


QUANTIZERS: dict[str, Any] = {q.kind: q for q in (DimensionQuantizer, BinaryQuantizer, FactorizedQuantizer)}
