"""Photographs for training: 256x256 JPEG in tar files, each with a JSON of its source and label."""

import io
import json
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

HELD_BACK = 64  # the last photographs, for watching a run; never trained on


def load_photos(folder: Path, cache: Path, device: str) -> tuple[torch.Tensor, list[str]]:
    """All photographs [N, 256, 256, 3] uint8, mapped or in a GPU's memory, and their labels ("" if none)."""
    pixels, labels = cache / "photos.npy", cache / "labels.json"
    if not pixels.exists():
        jpegs, names = [], []
        for path in sorted(folder.glob("*.tar")):
            with tarfile.open(path) as tar:
                for name in sorted(n for n in tar.getnames() if n.endswith(".jpg")):
                    described = json.loads(content(tar, name[:-4] + ".json"))
                    names.append(described.get("label") or "")
                    jpegs.append(content(tar, name))
        if not jpegs:
            raise SystemExit(f"'{folder}' holds no .tar of photographs")
        with ThreadPoolExecutor() as threads:
            photos = list(threads.map(decoded, jpegs))
        order = np.random.default_rng(0).permutation(len(photos))
        cache.mkdir(parents=True, exist_ok=True)
        labels.write_text(json.dumps([names[i] for i in order]))
        np.save(pixels.with_suffix(".part.npy"), np.stack([photos[i] for i in order]))
        pixels.with_suffix(".part.npy").rename(pixels)
    mapped = torch.from_numpy(np.load(pixels, mmap_mode="c"))
    return mapped.to(device), json.loads(labels.read_text())


def content(tar: tarfile.TarFile, name: str) -> bytes:
    """The bytes of a member of an archive."""
    file = tar.extractfile(name)
    if file is None:
        raise SystemExit(f"'{name}' of '{tar.name!s}' is no file")
    return file.read()


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    """The pixels [H, W, 3] of a JPEG."""
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))


def as_pixels(photos: torch.Tensor) -> torch.Tensor:
    """uint8 [N, H, W, 3] to float [N, 3, H, W] in [-1, 1]."""
    return photos.permute(0, 3, 1, 2) / 127.5 - 1


def generator(device: str, *seed: int) -> torch.Generator:
    """Random numbers that depend on the seed and the kind of device alone."""
    return torch.Generator(device).manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))


def repeated(labels: list[str], weights: dict[str, int]) -> torch.Tensor:
    """The number of each photograph, as often as its source weighs; once unless a weight names the source."""
    counts = [weights.get(label.partition("/")[0], 1) for label in labels]
    return torch.arange(len(labels)).repeat_interleave(torch.tensor(counts))


def random_crops(
    photos: torch.Tensor, count: int, size: int, random: torch.Generator, among: torch.Tensor | None = None
) -> torch.Tensor:
    """Crops [count, 3, size, size] in [-1, 1] at random places, flipped left to right half of the time.

    They are of any photographs, or `among` those of these numbers.
    """
    draw: dict[str, Any] = {"generator": random, "device": photos.device}
    photo = torch.randint(len(photos) if among is None else len(among), (count, 1, 1), **draw)
    photo = photo if among is None else among[photo]
    side = torch.arange(size, device=photos.device)
    y = torch.randint(photos.shape[1] - size + 1, (count, 1), **draw) + side
    x = torch.randint(photos.shape[2] - size + 1, (count, 1), **draw) + side
    x = torch.where(torch.rand(count, 1, **draw) < 0.5, x.flip(1), x)
    return as_pixels(photos[photo, y.unsqueeze(2), x.unsqueeze(1)])
