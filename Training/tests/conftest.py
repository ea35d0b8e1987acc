"""Photographs that the tests share, drawn on the spot."""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tessera_training.data import HELD_BACK

COUNT, SIDE = HELD_BACK + 8, 72


def drawn(random: np.random.Generator) -> Image.Image:
    """Soft waves with a disc in front."""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    waves = [np.sin(a * x + b * y + c) for a, b, c in random.uniform(0, 6, (3, 3))]
    pixels = 128 + 100 * np.stack(waves, -1)
    centre = random.uniform(0.2, 0.8, 2)
    pixels[(y - centre[0]) ** 2 + (x - centre[1]) ** 2 < 0.04] = random.uniform(0, 255, 3)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of photographs, every second one with a label."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(1)
    with tarfile.open(folder / "00.tar", "w") as archive:
        for index in range(COUNT):
            jpeg = io.BytesIO()
            drawn(random).save(jpeg, "JPEG", quality=90)
            label = "drawn/disc" if index % 2 else "drawn"
            members = {"jpg": jpeg.getvalue(), "json": json.dumps({"label": label}).encode()}
            for suffix, data in members.items():
                member = tarfile.TarInfo(f"{index:03d}.{suffix}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return folder


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(7)
