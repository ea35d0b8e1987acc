"""Trains a denoiser, or its like for another degradation: `"degradation"` of a configuration names one.

    python -m tessera_training.denoiser configs/photo-denoiser.json --photos DIR --run DIR

Stop it at any time; the same command goes on from the last saved state. CPU and CUDA alike.
The learning rate falls linearly to zero over `steps`, or over `--minutes` if those end first.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tessera_training.data import HELD_BACK, as_pixels, generator, random_crops, repeated
from tessera_training.degradations import KINDS, Degradation
from tessera_training.denoiser_network import Denoiser
from tessera_training.graphics import drawings
from tessera_training.loop import Config, Run, Task, fast_bf16, load_state, muon_and_adam, train
from tessera_training.networks import Architecture
from tessera_training.options import photos_of, trainer_parser

DRAWINGS = 512  # made anew when a run begins
WATCHED = 16  # photographs of those held back that are restored for the log


class DenoiserRun(Run):
    """A denoiser in training."""

    model: Denoiser

    def __init__(self, config: Config, folder: str | Path, device: str):
        torch.manual_seed(config.get("seed", 1))
        model = Denoiser(Architecture(**config["architecture"]))
        model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        super().__init__(config, folder, device, model, muon_and_adam(*model.groups(), config, device))


def reduced_crops(
    photos: Tensor, count: int, size: int, reduction: float, random: torch.Generator, among: Tensor | None = None
) -> Tensor:
    """Crops [count, 3, size, size] of photographs, perhaps only `among` some, that are smaller by a factor.

    Reduced photographs have little compression noise, which a denoiser would learn to keep.
    """
    pixels = random_crops(photos, count, round(reduction * size), random, among)
    return F.interpolate(pixels, size=(size, size), mode="bicubic", antialias=True).clamp(-1, 1)


class DenoiserTask(Task):
    """Crops with random amounts of a degradation, turned and mirrored before, in mean absolute error.

    They are of photographs, and every so many steps of drawings.
    """

    def __init__(self, run: DenoiserRun, photos: Tensor, labels: list[str]):
        self.run, self.photos = run, photos
        self.trained = repeated(labels[:-HELD_BACK], run.config.get("sourceWeights", {})).to(photos.device)
        self.degradation = KINDS[run.config.get("degradation", "noise")]()
        self.drawings = drawings(DRAWINGS, photos.shape[1]).to(photos.device)
        self.bf16 = fast_bf16(run.device)
        self.network = torch.compile(run.model) if run.config.get("compiled") else run.model

    def restored(self, degraded: Tensor, levels: Tensor) -> Tensor:
        with torch.autocast(self.run.device, torch.bfloat16, enabled=self.bf16):
            pixels: Tensor = self.network(degraded.contiguous(memory_format=torch.channels_last), levels)
        return pixels.float()

    def clean(self, progress: float, random: torch.Generator) -> Tensor:
        """The undamaged crops of the next step."""
        run, config = self.run, self.run.config
        size, batch = config["crop"], config["batch"]
        if progress > config.get("largeCropsAfter", 0.75):
            size, batch = 2 * size, max(1, batch // 4)
        if run.step % config["drawingsEvery"] == 0:
            clean = random_crops(self.drawings, batch, size, random)
        else:
            reduction = config["reductions"][run.step % len(config["reductions"])]
            clean = reduced_crops(self.photos, batch, size, reduction, random, self.trained)
        if run.step % 2:
            clean = clean.flip(2)
        if run.step // 2 % 2:
            clean = clean.transpose(2, 3)
        return clean

    def loss(self, progress: float) -> tuple[Tensor, Tensor]:
        random = generator(self.run.device, self.run.config.get("seed", 1), self.run.step)
        clean = self.clean(progress, random)
        amounts = self.degradation.drawn(len(clean), random)
        error = self.restored(*self.degradation.degraded(clean, amounts, random)) - clean
        return error.abs().mean(), error.detach().square().mean()

    def shown(self, figure: float) -> str:
        return f"psnr {10 * np.log10(4 / figure):.2f}"

    def held_back(self) -> str:
        watched = self.degradation.watched
        reached = [f"{held_back_psnr(self.run.model, self.photos, self.degradation, n):.2f}" for n in watched]
        return f"{' / '.join(reached)} dB at {' / '.join(map(str, watched))}"


def halved(photos: Tensor, index: int, multiple: int) -> Tensor:
    """A photograph [1, 3, H, W] at half its size, without rows and columns beyond a multiple."""
    clean = F.avg_pool2d(as_pixels(photos[index : index + 1]), 2)
    height, width = (side // multiple * multiple for side in clean.shape[2:])
    return clean[..., :height, :width]


@torch.no_grad()
def held_back_psnr(model: Denoiser, photos: Tensor, degradation: Degradation, amount: float) -> float:
    """Mean PSNR in dB over halved photographs that training never sees, with an amount of a degradation."""
    values: list[float] = []
    for index in range(len(photos) - HELD_BACK, len(photos) - HELD_BACK + WATCHED):
        clean = halved(photos, index, model.multiple)
        amounts = torch.full((1, 1, 1, 1), amount, device=clean.device)
        degraded, levels = degradation.degraded(clean, amounts, generator(clean.device.type, index))
        with torch.autocast(clean.device.type, torch.bfloat16, enabled=fast_bf16(clean.device.type)):
            pixels = model(degraded.contiguous(memory_format=torch.channels_last), levels)
        values.append(10 * np.log10(4 / F.mse_loss(pixels.float().clamp(-1, 1), clean).item()))
    return float(np.mean(values))


def main() -> None:
    parser = trainer_parser(__doc__)
    parser.add_argument("--start-from", type=Path, help="state.pt of another run, whose weights to begin with")
    arguments = parser.parse_args()
    config = json.loads(arguments.config.read_text())
    photos, labels = photos_of(arguments, arguments.run.absolute().parent / "cache")
    torch.backends.cudnn.benchmark = True
    run = DenoiserRun(config, arguments.run, arguments.device)
    if arguments.start_from and not run.state_path.exists():
        run.model.load_state_dict(load_state(arguments.start_from, arguments.device)["model"])
    run.resume()
    train(run, DenoiserTask(run, photos, labels), arguments.minutes, arguments.until)


if __name__ == "__main__":
    main()
