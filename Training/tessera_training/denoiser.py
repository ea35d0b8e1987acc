"""Trains a denoiser.

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

from tessera_training.data import HELD_BACK, as_pixels, generator, random_crops
from tessera_training.denoiser_network import Denoiser
from tessera_training.graphics import drawings
from tessera_training.loop import Config, Run, Task, fast_bf16, load_state, muon_and_adam, train
from tessera_training.networks import Architecture
from tessera_training.options import photos_of, trainer_parser

DRAWINGS = 512  # made anew when a run begins
WATCHED = 16  # photographs of those held back that are denoised for the log
WATCHED_LEVELS = (15, 25, 50)  # of 255


class DenoiserRun(Run):
    """A denoiser in training."""

    model: Denoiser

    def __init__(self, config: Config, folder: str | Path, device: str):
        torch.manual_seed(config.get("seed", 1))
        model = Denoiser(Architecture(**config["architecture"]))
        model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        super().__init__(config, folder, device, model, muon_and_adam(*model.groups(), config, device))


def drawn_levels(count: int, largest: float, random: torch.Generator) -> Tensor:
    """Standard deviations [count, 1, 1, 1] up to `largest` of 255, in units of pixels; small ones more often."""
    uniform = torch.rand(count, 1, 1, 1, generator=random, device=random.device)
    return uniform.pow(1.5) * largest / 127.5


def reduced_crops(photos: Tensor, count: int, size: int, reduction: float, random: torch.Generator) -> Tensor:
    """Crops [count, 3, size, size] of photographs that are smaller by a factor.

    Reduced photographs have little compression noise, which a denoiser would learn to keep.
    """
    pixels = random_crops(photos, count, round(reduction * size), random)
    return F.interpolate(pixels, size=(size, size), mode="bicubic", antialias=True).clamp(-1, 1)


class DenoiserTask(Task):
    """Crops with white noise of random levels, turned and mirrored, in mean absolute error.

    They are of photographs, and every so many steps of drawings.
    """

    def __init__(self, run: DenoiserRun, photos: Tensor):
        self.run, self.photos = run, photos
        self.drawings = drawings(DRAWINGS, photos.shape[1]).to(photos.device)
        self.bf16 = fast_bf16(run.device)
        self.network = torch.compile(run.model) if run.config.get("compiled") else run.model

    def denoised(self, noisy: Tensor, levels: Tensor) -> Tensor:
        with torch.autocast(self.run.device, torch.bfloat16, enabled=self.bf16):
            pixels: Tensor = self.network(noisy, levels)
        return pixels.float()

    def loss(self, progress: float) -> tuple[Tensor, Tensor]:
        run, config = self.run, self.run.config
        size, batch = config["crop"], config["batch"]
        if progress > config.get("largeCropsAfter", 0.75):
            size, batch = 2 * size, max(1, batch // 4)
        random = generator(run.device, config.get("seed", 1), run.step)
        if run.step % config["drawingsEvery"] == 0:
            clean = random_crops(self.drawings, batch, size, random)
        else:
            reduction = config["reductions"][run.step % len(config["reductions"])]
            clean = reduced_crops(self.photos[:-HELD_BACK], batch, size, reduction, random)
        if run.step % 2:
            clean = clean.flip(2)
        if run.step // 2 % 2:
            clean = clean.transpose(2, 3)
        levels = drawn_levels(batch, config["largestLevel"], random)
        noise = torch.randn(clean.shape, generator=random, device=clean.device)
        noisy = (clean + levels * noise).contiguous(memory_format=torch.channels_last)
        error = self.denoised(noisy, levels) - clean
        return error.abs().mean(), error.detach().square().mean()

    def shown(self, figure: float) -> str:
        return f"psnr {10 * np.log10(4 / figure):.2f}"

    def held_back(self) -> str:
        reached = [f"{held_back_psnr(self.run.model, self.photos, level):.2f}" for level in WATCHED_LEVELS]
        return f"{' / '.join(reached)} dB at {' / '.join(map(str, WATCHED_LEVELS))} of 255"


@torch.no_grad()
def held_back_psnr(model: Denoiser, photos: Tensor, level: float) -> float:
    """Mean PSNR in dB over halved photographs that training never sees, with noise of a level of 255."""
    values: list[float] = []
    for index in range(len(photos) - HELD_BACK, len(photos) - HELD_BACK + WATCHED):
        clean = F.avg_pool2d(as_pixels(photos[index : index + 1]), 2)
        height, width = (side // model.multiple * model.multiple for side in clean.shape[2:])
        clean = clean[..., :height, :width]
        noise = torch.randn(clean.shape, generator=generator(clean.device.type, index), device=clean.device)
        deviation = torch.full((1, 1, 1, 1), level / 127.5, device=clean.device)
        with torch.autocast(clean.device.type, torch.bfloat16, enabled=fast_bf16(clean.device.type)):
            pixels = model((clean + deviation * noise).contiguous(memory_format=torch.channels_last), deviation)
        values.append(10 * np.log10(4 / F.mse_loss(pixels.float().clamp(-1, 1), clean).item()))
    return float(np.mean(values))


def main() -> None:
    parser = trainer_parser(__doc__)
    parser.add_argument("--start-from", type=Path, help="state.pt of another run whose weights to begin with")
    arguments = parser.parse_args()
    config = json.loads(arguments.config.read_text())
    photos, _ = photos_of(arguments, arguments.run.absolute().parent / "cache")
    torch.backends.cudnn.benchmark = True
    run = DenoiserRun(config, arguments.run, arguments.device)
    if arguments.start_from and not run.state_path.exists():
        run.model.load_state_dict(load_state(arguments.start_from, arguments.device)["model"])
    run.resume()
    train(run, DenoiserTask(run, photos), arguments.minutes, arguments.until)


if __name__ == "__main__":
    main()
