"""Trains a tokenizer: python tokenizer.py configs/photo-dimension.json --photos DIR --run DIR

Stop it at any time; the same command goes on from the last saved state. CPU and CUDA alike.
The learning rate falls linearly to zero over `steps`, or over `--minutes` if those end first.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from data import HELD_BACK, as_pixels, generator, load_photos, random_crops
from losses import PatchDiscriminator, PerceptualDistance
from muon import Muon
from networks import Architecture, Decoder, Encoder
from quantizers import QUANTIZERS

SAVE_EVERY_SECONDS = 600
SHOW_EVERY_SECONDS = 30


class Autoencoder(nn.Module):
    """Encoder, quantizer and decoder as one module."""

    def __init__(self, config: dict):
        super().__init__()
        architecture = Architecture(**config.get("architecture", {}))
        self.quantizer = QUANTIZERS[config["quantizer"]](**config.get("quantizerOptions", {}))
        self.encoder = Encoder(architecture, self.quantizer.latent_channels)
        decoder = Architecture(**config["draft"]) if "draft" in config else architecture
        self.decoder = Decoder(decoder, self.quantizer.latent_channels)
        trained = tuple(config.get("trains", [""]))  # what the names of trained weights begin with
        for name, parameter in self.named_parameters():
            parameter.requires_grad_(parameter.requires_grad and name.startswith(trained))
        self.only_decoder = not any(p.requires_grad for p in self.encoder.parameters())

    def forward(self, pixels):
        with torch.set_grad_enabled(self.training and not self.only_decoder):
            latent, losses = self.quantizer(self.encoder(pixels).float())
        return self.decoder(latent), losses

    def groups(self):
        """Kernels between hidden layers, which Muon steps, and all others, which belong to AdamW."""
        outer, inner, rest = ("conv_in", "conv_out"), [], []
        for name, parameter in self.named_parameters():
            if parameter.requires_grad:
                hidden = parameter.ndim == 4 and not any(part in name for part in outer)
                (inner if hidden else rest).append(parameter)
        return inner, rest


def fast_bf16(device: str) -> bool:
    """Whether bfloat16 products are in hardware; emulated ones are ten times slower than float."""
    if device == "cuda":
        return True
    try:
        return "avx512_bf16" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


class Run:
    """The state of a training run, and how it is saved."""

    def __init__(self, config, folder, device):
        self.config, self.folder, self.device = config, Path(folder), device
        torch.manual_seed(config.get("seed", 1))
        self.model = Autoencoder(config).to(device, memory_format=torch.channels_last)
        inner, rest = self.model.groups()
        self.optimizers = [
            Muon(inner, config["muonRate"], dtype=torch.bfloat16 if fast_bf16(device) else torch.float32),
            torch.optim.AdamW(rest, lr=config["rate"], betas=(0.9, 0.95), weight_decay=0.01),
        ]
        self.step, self.seconds = 0, 0.0
        self.average = None
        if config.get("averaging"):
            decayed = get_ema_multi_avg_fn(config["averaging"])
            self.average = AveragedModel(self.model, multi_avg_fn=decayed)
        self.discriminator = None
        if config.get("adversarialWeight"):
            self.discriminator = PatchDiscriminator().to(device)
            self.critic = torch.optim.AdamW(self.discriminator.parameters(), lr=2e-4, betas=(0.5, 0.9))

    @property
    def state_path(self):
        return self.folder / "state.pt"

    def save(self):
        state = {
            "config": self.config,
            "model": self.model.state_dict(),
            "optimizers": [o.state_dict() for o in self.optimizers],
            "step": self.step,
            "seconds": self.seconds,
        }
        if self.average:
            state["average"] = self.average.state_dict()
        if self.discriminator:
            state["discriminator"] = self.discriminator.state_dict()
            state["critic"] = self.critic.state_dict()
        partial = self.state_path.with_suffix(".part")
        torch.save(state, partial)
        os.replace(partial, self.state_path)

    def resume(self):
        if not self.state_path.exists():
            return
        state = torch.load(self.state_path, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        self.step, self.seconds = state["step"], state["seconds"]
        if self.average:
            self.average.load_state_dict(state["average"])
        if self.discriminator and "discriminator" in state:
            self.discriminator.load_state_dict(state["discriminator"])
            self.critic.load_state_dict(state["critic"])

    def start_from(self, path):
        """Takes every weight of another run whose name and shape agree; the quantizer differs.

        Between latents of one kind and other bits, what encoder and decoder have in common of the
        channels is taken too.
        """
        state = torch.load(path, map_location=self.device, weights_only=True)
        theirs, ours = state["model"], self.model.state_dict()
        taken = {k: v for k, v in theirs.items() if k in ours and ours[k].shape == v.shape}
        if state["config"]["quantizer"] == self.config["quantizer"] and "draft" not in self.config:
            for name in ("encoder.conv_out.weight", "encoder.conv_out.bias", "decoder.conv_in.weight"):
                if name not in taken:
                    part = tuple(slice(min(a, b)) for a, b in zip(theirs[name].shape, ours[name].shape))
                    taken[name] = ours[name].clone()
                    taken[name][part] = theirs[name][part]
        self.model.load_state_dict(taken, strict=False)
        print(f"took {len(taken)} of {len(ours)} tensors from '{path}'", flush=True)


def held_back_psnr(model, photos) -> float:
    """Mean PSNR in dB over the photographs that training never sees, rounded to 8 bits."""
    model.eval()
    values = []
    with torch.no_grad():
        for start in range(len(photos) - HELD_BACK, len(photos), 8):
            wanted = as_pixels(photos[start : start + 8])
            pixels = model(wanted)[0].clamp(-1, 1)
            error = ((pixels + 1) * 127.5).round() - (wanted + 1) * 127.5
            values += (20 * np.log10(255) - 10 * error.square().mean((1, 2, 3)).log10()).tolist()
    model.train()
    return float(np.mean(values))


def total_loss(run, pixels, wanted, extra, perceptual):
    """The weighted sum of the losses that the configuration names."""
    config, error = run.config, pixels - wanted
    loss = config["l1Weight"] * error.abs().mean() + config["l2Weight"] * error.square().mean()
    if perceptual:
        loss = loss + config["perceptualWeight"] * perceptual(pixels, wanted)
    if run.discriminator and run.step >= config.get("adversarialStart", 0):
        adversarial = -run.discriminator(pixels).mean()
        balance = PatchDiscriminator.adaptive_weight(
            loss, adversarial, run.model.decoder.conv_out.weight
        )
        loss = loss + config["adversarialWeight"] * balance * adversarial
    return loss + sum(extra.values())


def training_crops(config, photos):
    """A function of count, size and step that draws crops [count, 3, size, size] of a run's photographs."""
    device = photos.device.type

    def crops(count, size, step):
        # Photographs of half the size have no compression noise, which a decoder learns to draw.
        factor = 2 if config.get("halvesEverySecond") and step % 2 else 1
        random = generator(device, config.get("seed", 1), step)
        pixels = random_crops(photos[:-HELD_BACK], count, factor * size, random)
        return F.avg_pool2d(pixels, factor).to(device, memory_format=torch.channels_last)

    return crops


def start_bins(run, crops):
    """Fits a dimension-wise quantizer's bins to many latents."""
    with torch.no_grad(), torch.autocast(run.device, torch.bfloat16, enabled=fast_bf16(run.device)):
        latents = [run.model.encoder(crops(64, 64, index)).float() for index in range(16)]
    run.model.quantizer.start_bins(torch.cat(latents))


def train(run, photos, minutes, perceptual, until):
    """Steps until a part of the configured count, or of the minutes, is over."""
    config, device = run.config, run.device
    bf16 = fast_bf16(device)

    crops = training_crops(config, photos)
    began, saved, shown, average = time.time() - run.seconds, time.time(), 0.0, None
    while True:
        run.seconds = time.time() - began
        progress = max(run.step / config["steps"], run.seconds / (60 * minutes))
        if progress >= until:
            break
        if progress >= config.get("binsAfter", 1) and not run.model.quantizer.has_bins:
            start_bins(run, crops)
            if run.average:  # it starts anew from the bins
                run.average.n_averaged.zero_()
        late = progress > config.get("largeCropsAfter", 0.75)
        size, batch = config.get("crop", 64), config["batch"]
        if late:
            size, batch = 2 * size, max(1, batch // 4)
        wanted = crops(batch, size, run.step)
        warm = min(1.0, (run.step + 1) / 50)
        for optimizer, rate in zip(run.optimizers, (config["muonRate"], config["rate"])):
            optimizer.param_groups[0]["lr"] = rate * warm * (1 - progress)
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            pixels, extra = run.model(wanted)
        pixels = pixels.float()
        loss = total_loss(run, pixels, wanted, extra, perceptual)
        run.model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
        for optimizer in run.optimizers:
            optimizer.step()
        if run.discriminator:
            run.critic.zero_grad(set_to_none=True)
            run.discriminator.loss(pixels, wanted).backward()
            run.critic.step()
        if run.average:
            run.average.update_parameters(run.model)
        run.step += 1
        error = (pixels.detach().clamp(-1, 1) - wanted).square().mean()
        average = error if average is None else 0.98 * average + 0.02 * error
        if run.seconds - shown > SHOW_EVERY_SECONDS or run.step >= until * config["steps"]:
            shown = run.seconds
            print(
                f"step {run.step} {progress:.3f} {run.seconds:.0f} s psnr {10 * np.log10(4 / average.item()):.2f} "
                f"{({k: round(v.item(), 4) for k, v in extra.items()})}",
                flush=True,
            )
        if time.time() - saved > SAVE_EVERY_SECONDS:
            run.save()
            print(f"held back: {held_back_psnr(run.model, photos):.2f} dB", flush=True)
            saved = time.time()
    if run.average:
        run.model.load_state_dict(run.average.module.state_dict())
    if not run.model.quantizer.has_bins:
        start_bins(run, crops)
    run.save()
    print(f"done at step {run.step}, held back: {held_back_psnr(run.model, photos):.2f} dB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config")
    parser.add_argument("--photos", required=True, help="folder of .tar files of photographs")
    parser.add_argument("--run", required=True, help="folder for the state of this run")
    parser.add_argument("--cache", help="folder for decoded photographs (default: beside the run)")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--until", type=float, default=1, help="stop after this part of the run")
    parser.add_argument("--start-from", help="state.pt of another run whose weights to begin with")
    parser.add_argument("--squeezenet", help="weights for the perceptual distance")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    config = json.loads(Path(arguments.config).read_text())
    if "trains" in config:  # a decoder alone: the codes are those of the run that it starts from
        if not arguments.start_from:
            raise SystemExit("this configuration trains a decoder for the codes of another run: give --start-from")
        theirs = torch.load(arguments.start_from, weights_only=True)["config"]
        config |= {k: theirs[k] for k in ("quantizer", "quantizerOptions", "architecture") if k in theirs}
    Path(arguments.run).mkdir(parents=True, exist_ok=True)
    folder = arguments.cache or f"{arguments.run}/../cache"
    photos, _ = load_photos(arguments.photos, folder, arguments.device)
    torch.backends.cudnn.benchmark = True
    run = Run(config, arguments.run, arguments.device)
    if arguments.start_from and not run.state_path.exists():
        run.start_from(arguments.start_from)
    run.resume()
    perceptual = None
    if config.get("perceptualWeight"):
        if not arguments.squeezenet:
            raise SystemExit("this configuration has a perceptualWeight: give --squeezenet")
        perceptual = PerceptualDistance(arguments.squeezenet).to(arguments.device)
    train(run, photos, arguments.minutes, perceptual, arguments.until)


if __name__ == "__main__":
    main()
