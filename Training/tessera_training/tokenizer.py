"""Trains a tokenizer.

    python -m tessera_training.tokenizer configs/photo-dimension.json --photos DIR --run DIR

Stop it at any time; the same command goes on from the last saved state. CPU and CUDA alike.
The learning rate falls linearly to zero over `steps`, or over `--minutes` if those end first.
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tessera_training.autoencoder import Autoencoder
from tessera_training.data import HELD_BACK, as_pixels, generator, random_crops
from tessera_training.loop import Config, Run, Task, fast_bf16, load_state, muon_and_adam, train
from tessera_training.losses import PatchDiscriminator, PerceptualDistance, reconstruction_loss
from tessera_training.options import photos_of, trainer_parser

#: Draws crops [count, 3, size, size] of a count, a size and a step.
Crops = Callable[[int, int, int], Tensor]


class TokenizerRun(Run):
    """An autoencoder in training, with its running average and its discriminator if it has them."""

    model: Autoencoder

    def __init__(self, config: Config, folder: str | Path, device: str):
        torch.manual_seed(config.get("seed", 1))
        model = Autoencoder(config).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        inner, rest = model.groups()
        super().__init__(config, folder, device, model, muon_and_adam(inner, rest, config, device))
        self.average: AveragedModel | None = None
        if config.get("averaging"):
            decayed = get_ema_multi_avg_fn(config["averaging"])
            self.average = self.others["average"] = AveragedModel(self.model, multi_avg_fn=decayed)
        self.discriminator: PatchDiscriminator | None = None
        if config.get("adversarialWeight"):
            self.discriminator = self.others["discriminator"] = PatchDiscriminator().to(device)
            self.critic = self.others["critic"] = torch.optim.AdamW(
                self.discriminator.parameters(), lr=2e-4, betas=(0.5, 0.9)
            )

    def start_from(self, path: str | Path) -> None:
        """Takes every weight of another run whose name and shape agree; the quantizer differs.

        Between latents of one kind and other bits, what encoder and decoder have in common of the
        channels is taken too.
        """
        state = load_state(path, self.device)
        theirs, ours = state["model"], self.model.state_dict()
        taken = {k: v for k, v in theirs.items() if k in ours and ours[k].shape == v.shape}
        if state["config"]["quantizer"] == self.config["quantizer"] and "draft" not in self.config:
            for name in ("encoder.conv_out.weight", "encoder.conv_out.bias", "decoder.conv_in.weight"):
                if name not in taken:
                    sides = zip(theirs[name].shape, ours[name].shape, strict=True)
                    part = tuple(slice(min(a, b)) for a, b in sides)
                    taken[name] = ours[name].clone()
                    taken[name][part] = theirs[name][part]
        self.model.load_state_dict(taken, strict=False)
        print(f"took {len(taken)} of {len(ours)} tensors from '{path}'", flush=True)


def held_back_psnr(model: Autoencoder, photos: Tensor) -> float:
    """Mean PSNR in dB over the photographs that training never sees, rounded to 8 bits."""
    model.eval()
    values: list[float] = []
    with torch.no_grad():
        for start in range(len(photos) - HELD_BACK, len(photos), 8):
            wanted = as_pixels(photos[start : start + 8])
            pixels = model(wanted)[0].clamp(-1, 1)
            error = ((pixels + 1) * 127.5).round() - (wanted + 1) * 127.5
            values += (20 * np.log10(255) - 10 * error.square().mean((1, 2, 3)).log10()).tolist()
    model.train()
    return float(np.mean(values))


def training_crops(config: Config, photos: Tensor) -> Crops:
    """A function that draws crops of a run's photographs, those held back left out."""
    device = photos.device.type

    def crops(count: int, size: int, step: int) -> Tensor:
        # Photographs of half the size have no compression noise, which a decoder learns to draw.
        factor = 2 if config.get("halvesEverySecond") and step % 2 else 1
        random = generator(device, config.get("seed", 1), step)
        pixels = random_crops(photos[:-HELD_BACK], count, factor * size, random)
        return F.avg_pool2d(pixels, factor).to(device, memory_format=torch.channels_last)

    return crops


def start_bins(run: TokenizerRun, crops: Crops) -> None:
    """Fits a dimension-wise quantizer's bins to many latents."""
    with torch.no_grad(), torch.autocast(run.device, torch.bfloat16, enabled=fast_bf16(run.device)):
        latents = [run.model.encoder(crops(64, 64, index)).float() for index in range(16)]
    run.model.quantizer.start_bins(torch.cat(latents))


class TokenizerTask(Task):
    """Reconstruction of crops, with the losses that the configuration gives a weight."""

    def __init__(self, run: TokenizerRun, photos: Tensor, perceptual: PerceptualDistance | None = None):
        self.run, self.photos, self.perceptual = run, photos, perceptual
        self.crops = training_crops(run.config, photos)
        self.bf16 = fast_bf16(run.device)

    def loss(self, progress: float) -> tuple[Tensor, Tensor]:
        run, config = self.run, self.run.config
        if progress >= config.get("binsAfter", 1) and not run.model.quantizer.has_bins:
            start_bins(run, self.crops)
            if run.average:  # it starts anew from the bins
                run.average.n_averaged.zero_()
        size, batch = config.get("crop", 64), config["batch"]
        if progress > config.get("largeCropsAfter", 0.75):
            size, batch = 2 * size, max(1, batch // 4)
        self.wanted = self.crops(batch, size, run.step)
        with torch.autocast(run.device, torch.bfloat16, enabled=self.bf16):
            pixels, self.extra = run.model(self.wanted)
        self.pixels = pixels.float()
        error = (self.pixels.detach().clamp(-1, 1) - self.wanted).square().mean()
        return self.total_loss(self.pixels, self.wanted), error

    def total_loss(self, pixels: Tensor, wanted: Tensor) -> Tensor:
        """The weighted sum of the losses that the configuration names."""
        run, config = self.run, self.run.config
        is_judged = run.step >= config.get("adversarialStart", 0)
        loss = reconstruction_loss(
            pixels,
            wanted,
            config,
            self.perceptual,
            run.discriminator if is_judged else None,
            run.model.decoder.conv_out.weight,
        )
        total: Tensor = loss + sum(self.extra.values())
        return total

    def after_step(self) -> None:
        run = self.run
        if run.discriminator:
            run.critic.zero_grad(set_to_none=True)
            run.discriminator.loss(self.pixels, self.wanted).backward()
            run.critic.step()
        if run.average:
            run.average.update_parameters(run.model)

    def finish(self) -> None:
        if self.run.average:
            self.run.model.load_state_dict(self.run.average.module.state_dict())
        if not self.run.model.quantizer.has_bins:
            start_bins(self.run, self.crops)

    def shown(self, figure: float) -> str:
        extra = {name: round(value.item(), 4) for name, value in self.extra.items()}
        return f"psnr {10 * np.log10(4 / figure):.2f} {extra}"

    def held_back(self) -> str:
        return f"{held_back_psnr(self.run.model, self.photos):.2f} dB"


def main() -> None:
    parser = trainer_parser(__doc__)
    parser.add_argument("--start-from", type=Path, help="state.pt of another run whose weights to begin with")
    parser.add_argument("--squeezenet", type=Path, help="weights for the perceptual distance")
    arguments = parser.parse_args()
    config = json.loads(arguments.config.read_text())
    if "trains" in config:  # a decoder alone: the codes are those of the run that it starts from
        if not arguments.start_from:
            raise SystemExit("this configuration trains a decoder for the codes of another run: give --start-from")
        theirs = load_state(arguments.start_from, "cpu")["config"]
        config |= {k: theirs[k] for k in ("quantizer", "quantizerOptions", "architecture") if k in theirs}
    perceptual = None
    if config.get("perceptualWeight"):
        if not arguments.squeezenet:
            raise SystemExit("this configuration has a perceptualWeight: give --squeezenet")
        perceptual = PerceptualDistance(arguments.squeezenet).to(arguments.device)
    photos, _ = photos_of(arguments, arguments.run.absolute().parent / "cache")
    torch.backends.cudnn.benchmark = True
    run = TokenizerRun(config, arguments.run, arguments.device)
    if arguments.start_from and not run.state_path.exists():
        run.start_from(arguments.start_from)
    run.resume()
    train(run, TokenizerTask(run, photos, perceptual), arguments.minutes, arguments.until)


if __name__ == "__main__":
    main()
