"""Photographs for training: 256x256 JPEG in tar files, each with a JSON of its source and label."""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

HELD_BACK = 64  # the last photographs, for watching a run; never trained on


def load_photos(folder: str, cache: str) -> tuple[np.ndarray, list[str]]:
    """All photographs [N, 256, 256, 3] uint8, memory mapped, and their labels ("" if none)."""
    pixels, labels = Path(cache) / "photos.npy", Path(cache) / "labels.json"
    if not pixels.exists():
        photos, names = [], []
        for path in sorted(Path(folder).glob("*.tar")):
            with tarfile.open(path) as tar:
                members = {m.name: m for m in tar.getmembers()}
                for name in sorted(n for n in members if n.endswith(".jpg")):
                    described = json.load(tar.extractfile(members[name[:-4] + ".json"]))
                    names.append(described.get("label") or "")
                    jpeg = tar.extractfile(members[name]).read()
                    photos.append(np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")))
        if not photos:
            raise SystemExit(f"'{folder}' holds no .tar of photographs")
        order = np.random.default_rng(0).permutation(len(photos))
        Path(cache).mkdir(parents=True, exist_ok=True)
        labels.write_text(json.dumps([names[i] for i in order]))
        np.save(pixels.with_suffix(".part.npy"), np.stack([photos[i] for i in order]))
        pixels.with_suffix(".part.npy").rename(pixels)
    return np.load(pixels, mmap_mode="r"), json.loads(labels.read_text())


def as_pixels(bytes_hwc: np.ndarray) -> torch.Tensor:
    """uint8 [N, H, W, 3] to float [N, 3, H, W] in [-1, 1]."""
    return torch.from_numpy(np.array(bytes_hwc)).permute(0, 3, 1, 2) / 127.5 - 1


def random_crops(photos: np.ndarray, count: int, size: int, random: np.random.Generator):
    """Crops at random places, flipped left to right half of the time."""
    crops = np.empty((count, size, size, 3), np.uint8)
    for crop in crops:
        photo = photos[random.integers(len(photos) - HELD_BACK)]
        y, x = random.integers(0, photo.shape[0] - size + 1, 2)
        cut = photo[y : y + size, x : x + size]
        crop[:] = cut[:, ::-1] if random.random() < 0.5 else cut
    return as_pixels(crops)
