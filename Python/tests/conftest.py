"""Pictures and models that the tests share. The package under test is the wheel: Scripts/check-package."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

import tessera

REPOSITORY = Path(__file__).parents[2]
SAMPLES = [REPOSITORY / "Samples/otter.jpg", REPOSITORY / "Samples/mountains.jpg"]


def death(place):
    """A function that kills the process that first calls it by SIGKILL, and leaves a file at the place."""

    def die_once():  # holds all that it needs: workers of a cluster cannot import this module
        import os
        import signal

        try:
            open(place, "x").close()
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    return die_once


@pytest.fixture(scope="session")
def model():
    return tessera.Model.load(threads=2)


@pytest.fixture(scope="session")
def command():
    path = REPOSITORY / ".build/release/tessera"
    assert path.exists(), "build the command first: swift build -c release --product tessera"
    return path


@pytest.fixture(scope="session")
def crops():
    """Six photographs of 96 x 120 pixels, uint8 [6, 96, 120, 3]."""
    pictures = [np.asarray(Image.open(path).convert("RGB")) for path in SAMPLES]
    return np.stack([picture[y : y + 96, x : x + 120] for picture in pictures for y, x in [(0, 0), (20, 31), (60, 9)]])


@pytest.fixture(scope="session")
def photographs(crops):
    """A table as Hugging Face data sets have it: two formats, three sizes, and two that cannot be read."""
    rows: list[dict[str, Any]] = []
    for index, crop in enumerate(crops):
        data = io.BytesIO()
        Image.fromarray(crop[: 96 - 8 * (index % 3)]).save(data, "PNG" if index % 2 else "JPEG")
        rows.append({"image": {"bytes": data.getvalue(), "path": None}, "key": f"p{index}", "label": index})
    rows.append({"image": {"bytes": None, "path": str(SAMPLES[0])}, "key": "path", "label": 6})
    rows.append({"image": {"bytes": rows[0]["image"]["bytes"][:500], "path": None}, "key": "cut", "label": 7})
    rows.append({"image": None, "key": "none", "label": 8})
    schema = pa.schema(
        [
            ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
            ("key", pa.string()),
            ("label", pa.int64()),
        ],
        metadata={"huggingface": json.dumps({"info": {"features": {"image": {"_type": "Image"}}}})},
    )
    return pa.Table.from_pylist(rows * 3, schema=schema)
