"""What images are trained for: nearness of pixels, a distance on SqueezeNet features, and a PatchGAN."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn


class PerceptualDistance(nn.Module):
    """Mean squared distance of unit-normalised SqueezeNet v1.1 features (Iandola et al., 2016).

    In the manner of LPIPS (Zhang et al., 2018) but without its learned weights, so not comparable.
    """

    TAPS = (3, 5, 8)

    def __init__(self, path: str | Path):
        super().__init__()
        self.weights = {k: v.float() for k, v in load_file(path).items()}

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "PerceptualDistance":
        self.weights = {k: fn(v) for k, v in self.weights.items()}
        return super()._apply(fn, recurse)

    def features(self, pixels: Tensor) -> list[Tensor]:
        """Features of unit length a position, [N, C, h, w] each."""

        def conv(name: str, x: Tensor, **options: Any) -> Tensor:
            return F.relu(F.conv2d(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], **options))

        mean = torch.tensor([104.0, 117.0, 123.0], device=pixels.device).view(1, 3, 1, 1)
        x = F.max_pool2d(conv("conv1", (pixels.flip(1) + 1) * 127.5 - mean, stride=2), 3, 2)
        taps = []
        for fire in range(2, max(self.TAPS) + 1):
            if fire in (4, 6):
                x = F.max_pool2d(x, 3, 2)
            squeezed = conv(f"fire{fire}/squeeze1x1", x)
            x = torch.cat(
                [
                    conv(f"fire{fire}/expand1x1", squeezed),
                    conv(f"fire{fire}/expand3x3", squeezed, padding=1),
                ],
                1,
            )
            if fire in self.TAPS:
                taps.append(F.normalize(x, dim=1))
        return taps

    def forward(self, pixels: Tensor, target: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = self.features(target)
        pairs = zip(self.features(pixels), wanted, strict=True)
        distances = [(a - b).square().sum(1).mean() for a, b in pairs]
        return torch.as_tensor(sum(distances)) / len(self.TAPS)


class PatchDiscriminator(nn.Sequential):
    """Scores patches of pixels (PatchGAN, Isola et al., 2017), trained with the hinge loss."""

    def __init__(self, width: int = 32):
        layers: list[nn.Module] = []
        channels = 3
        for stride, out in ((2, width), (2, 2 * width), (2, 4 * width), (1, 4 * width)):
            layers += [nn.Conv2d(channels, out, 4, stride, 1), nn.LeakyReLU(0.2)]
            channels = out
        super().__init__(*layers, nn.Conv2d(channels, 1, 4, 1, 1))

    def loss(self, fake: Tensor, real: Tensor) -> Tensor:
        """What the discriminator minimises."""
        total: Tensor = F.relu(1 + self(fake.detach())).mean() + F.relu(1 - self(real)).mean()
        return total

    @staticmethod
    def adaptive_weight(reconstruction: Tensor, adversarial: Tensor, last_layer: Tensor) -> Tensor:
        """The ratio of the two losses' gradients at the decoder's last layer (VQGAN, equation 7)."""
        (a,) = torch.autograd.grad(reconstruction, last_layer, retain_graph=True)
        (b,) = torch.autograd.grad(adversarial, last_layer, retain_graph=True)
        return (a.norm() / (b.norm() + 1e-4)).clamp(0, 1e4).detach()


def reconstruction_loss(
    pixels: Tensor,
    wanted: Tensor,
    config: dict[str, Any],
    perceptual: PerceptualDistance | None = None,
    discriminator: PatchDiscriminator | None = None,
    last_layer: Tensor | None = None,
) -> Tensor:
    """The weighted sum of the losses that a configuration names; `last_layer` weighs the discriminator's."""
    error = pixels - wanted
    loss: Tensor = config["l1Weight"] * error.abs().mean() + config["l2Weight"] * error.square().mean()
    if perceptual:
        loss = loss + config["perceptualWeight"] * perceptual(pixels, wanted)
    if discriminator and last_layer is not None:
        adversarial = -discriminator(pixels).mean()
        balance = PatchDiscriminator.adaptive_weight(loss, adversarial, last_layer)
        loss = loss + config["adversarialWeight"] * balance * adversarial
    return loss
