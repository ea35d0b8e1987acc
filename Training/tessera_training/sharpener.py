"""Trains a network that gives restored pictures the texture of photographs.

    python -m tessera_training.sharpener configs/photo-sharpener.json --restorers DENOISER --photos DIR --run DIR \\
        --squeezenet FILE

It sees what the networks of a folder make of noise, reductions and JPEGs, and is trained for a perceptual distance
and against a discriminator. A share of what it adds lies between the two: the mean of the least error, and what looks
most like a photograph (D. Freirich et al., "A Theory of the Distortion-Perception Tradeoff in Wasserstein Space",
NeurIPS 2021). Stopped, the same command goes on.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from tessera_training.data import HELD_BACK, generator
from tessera_training.degradations import KINDS
from tessera_training.denoiser import WATCHED, DenoiserRun, DenoiserTask, halved
from tessera_training.denoiser_network import Denoiser
from tessera_training.loop import Config, train
from tessera_training.losses import PatchDiscriminator, PerceptualDistance, reconstruction_loss
from tessera_training.options import photos_of, trainer_parser
from tessera_training.shipped import shipped_denoiser

#: Which network undoes a degradation, and how many of ten steps show what it leaves.
RESTORERS = {"noise": ("denoiser", 3), "reduction": ("upscaler", 4), "compression": ("deblocker", 3)}
KIND_OF_STEP = [kind for kind, (_, count) in RESTORERS.items() for _ in range(count)]


class SharpenerRun(DenoiserRun):
    """A sharpener in training, with its discriminator."""

    def __init__(self, config: Config, folder: str | Path, device: str):
        super().__init__(config, folder, device)
        self.discriminator = self.others["discriminator"] = PatchDiscriminator().to(device)
        self.critic = self.others["critic"] = torch.optim.AdamW(
            self.discriminator.parameters(), lr=2e-4, betas=(0.5, 0.9)
        )


class SharpenerTask(DenoiserTask):
    """Restored crops, in the losses that the configuration gives a weight."""

    run: SharpenerRun

    def __init__(
        self,
        run: SharpenerRun,
        photos: Tensor,
        labels: list[str],
        restorers: dict[str, Denoiser],
        perceptual: PerceptualDistance,
    ):
        super().__init__(run, photos, labels)
        self.restorers, self.perceptual = restorers, perceptual
        self.degradations = {kind: KINDS[kind]() for kind in RESTORERS}

    @torch.no_grad()
    def undone(self, kind: str, clean: Tensor, amounts: Tensor, random: torch.Generator) -> Tensor:
        """Pixels that were degraded by amounts of a kind, and restored as well as a mean error can be."""
        degraded, levels = self.degradations[kind].degraded(clean, amounts, random)
        with torch.autocast(self.run.device, torch.bfloat16, enabled=self.bf16):
            pixels = self.restorers[kind](degraded.contiguous(memory_format=torch.channels_last), levels)
        return pixels.float().clamp(-1, 1)

    def sharpened(self, pixels: Tensor) -> Tensor:
        return self.restored(pixels, torch.zeros(len(pixels), 1, 1, 1, device=pixels.device))

    def loss(self, progress: float) -> tuple[Tensor, Tensor]:
        run, config = self.run, self.run.config
        random = generator(run.device, config.get("seed", 1), run.step)
        self.wanted = self.clean(progress, random)
        kind = KIND_OF_STEP[int(torch.randint(len(KIND_OF_STEP), (1,), generator=random, device=random.device))]
        amounts = self.degradations[kind].drawn(len(self.wanted), random)
        self.pixels = self.sharpened(self.undone(kind, self.wanted, amounts, random))
        is_judged = run.step >= config["adversarialStart"]
        loss = reconstruction_loss(
            self.pixels,
            self.wanted,
            config,
            self.perceptual,
            run.discriminator if is_judged else None,
            run.model.conv_out.weight,
        )
        with torch.no_grad():
            return loss, self.perceptual(self.pixels, self.wanted)

    def after_step(self) -> None:
        run = self.run
        run.critic.zero_grad(set_to_none=True)
        run.discriminator.loss(self.pixels, self.wanted).backward()
        run.critic.step()

    def shown(self, figure: float) -> str:
        return f"distance {figure:.4f}"

    @torch.no_grad()
    def held_back(self) -> str:
        """PSNR and distance of halved photographs restored, and sharpened, one amount of each kind."""
        lines = []
        for kind, amount in (("noise", 25.0), ("reduction", 4.0), ("compression", 20.0)):
            figures = []
            for index in range(len(self.photos) - HELD_BACK, len(self.photos) - HELD_BACK + WATCHED):
                clean = halved(self.photos, index, self.run.model.multiple)
                amounts = torch.full((1, 1, 1, 1), amount, device=clean.device)
                before = self.undone(kind, clean, amounts, generator(clean.device.type, index))
                after = self.sharpened(before).clamp(-1, 1)
                for pixels in (before, after):
                    figures += [-10 * (F.mse_loss(pixels, clean) / 4).log10(), self.perceptual(pixels, clean)]
            means = torch.stack(figures).view(-1, 4).mean(0).tolist()
            lines.append("{} {}: {:.2f} dB ({:.3f}) to {:.2f} dB ({:.3f})".format(kind, amount, *means))
        return "; ".join(lines)


def main() -> None:
    parser = trainer_parser(__doc__)
    parser.add_argument("--restorers", required=True, type=Path, help="a folder with a denoiser and its like")
    parser.add_argument("--squeezenet", required=True, type=Path, help="weights for the perceptual distance")
    arguments = parser.parse_args()
    config, device = json.loads(arguments.config.read_text()), arguments.device
    photos, labels = photos_of(arguments, arguments.run.absolute().parent / "cache")
    restorers = {
        kind: shipped_denoiser(arguments.restorers, role)[0].to(device) for kind, (role, _) in RESTORERS.items()
    }
    run = SharpenerRun(config, arguments.run, device)
    if not run.state_path.exists():  # it begins as the denoiser, which leaves most of what has no noise
        run.model.load_state_dict(restorers["noise"].state_dict())
    run.resume()
    perceptual = PerceptualDistance(arguments.squeezenet).to(device)
    train(run, SharpenerTask(run, photos, labels, restorers, perceptual), arguments.minutes, arguments.until)


if __name__ == "__main__":
    main()
