#!/usr/bin/env python3
"""Writes Tests/TesseraInverseTests/Fixtures: what Pillow and scikit-image say about one picture.

Needs numpy, pillow and scikit-image. Run: $(Scripts/environment fixtures) Tests/Tools/make-inverse-fixtures.py
"""

import json
import pathlib

import numpy
import PIL
import skimage
from PIL import Image
from skimage.metrics import structural_similarity

SEED = 7
HEIGHT, WIDTH = 22, 19  # multiples of nothing
SIZES = [(11, 10), (6, 5), (3, 3), (44, 38), (31, 19)]
FOLDER = pathlib.Path(__file__).parents[2] / "Tests/TesseraInverseTests/Fixtures"


def resample(pixels, height, width):
    """Bicubic resampling of each channel in floating point, values in [-1, 1]."""
    channels = [
        Image.fromarray(pixels[:, :, c].astype(numpy.float32) / 127.5 - 1, "F").resize(
            (width, height), Image.Resampling.BICUBIC
        )
        for c in range(3)
    ]
    values = numpy.stack([numpy.asarray(channel) for channel in channels], axis=-1)
    return [round(float(value), 6) for value in values.ravel()]


def main():
    random = numpy.random.default_rng(SEED)
    rows, columns, channels = numpy.meshgrid(numpy.arange(HEIGHT), numpy.arange(WIDTH), numpy.arange(3), indexing="ij")
    smooth = 128 + 90 * numpy.sin(rows / 3 + channels) * numpy.cos(columns / 2)
    pixels = (smooth + random.normal(0, 12, smooth.shape)).clip(0, 255).round().astype(numpy.uint8)
    other = (pixels * 0.9 + random.normal(0, 9, pixels.shape)).clip(0, 255).round()
    other = other.astype(numpy.uint8)
    fixture = {
        "source": f"Tests/Tools/make-inverse-fixtures.py, seed {SEED}, Pillow {PIL.__version__}, "
        f"scikit-image {skimage.__version__}, numpy {numpy.__version__}",
        "height": HEIGHT,
        "width": WIDTH,
        "pixels": pixels.ravel().tolist(),
        "other": other.ravel().tolist(),
        "structuralSimilarity": float(
            structural_similarity(
                pixels,
                other,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
                data_range=255,
                channel_axis=-1,
            )
        ),
        "resampled": [
            {"height": height, "width": width, "values": resample(pixels, height, width)} for height, width in SIZES
        ],
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "picture.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
