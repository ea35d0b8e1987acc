#!/usr/bin/env python3
"""Writes Tests/TesseraInverseTests/Fixtures/operators.json: what numpy, scipy and Pillow say of operators.

Needs numpy, scipy and pillow. Run: $(Scripts/environment fixtures) Tests/Tools/make-operator-fixtures.py
"""

import io
import json
import pathlib

import numpy
import PIL
import scipy
from PIL import Image, JpegImagePlugin
from scipy import fft, ndimage

SEED = 11
HEIGHT, WIDTH = 22, 19  # multiples of nothing
FOLDER = pathlib.Path(__file__).parents[2] / "Tests/TesseraInverseTests/Fixtures"


def gaussian_kernel(side, deviation):
    point = numpy.zeros((side, side))
    point[side // 2, side // 2] = 1
    return ndimage.gaussian_filter(point, deviation)


def blur(pixels, kernel):
    """PyTorch's conv2d after ReflectionPad2d."""
    rows, columns = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = numpy.pad(pixels, ((rows, rows), (columns, columns), (0, 0)), mode="reflect")
    return numpy.stack(
        [
            ndimage.correlate(padded[..., c], kernel, mode="constant")[rows : rows + HEIGHT, columns : columns + WIDTH]
            for c in range(3)
        ],
        axis=-1,
    )


def pool(pixels, factor):
    rows, columns = -(-HEIGHT // factor), -(-WIDTH // factor)
    return numpy.array(
        [
            [pixels[y * factor : (y + 1) * factor, x * factor : (x + 1) * factor].mean((0, 1)) for x in range(columns)]
            for y in range(rows)
        ]
    )


def phase(pixels, oversampling):
    rows, columns = int(oversampling / 8 * HEIGHT), int(oversampling / 8 * WIDTH)
    padded = numpy.pad((pixels + 1) / 2, ((rows, rows), (columns, columns), (0, 0)))
    shifted = numpy.fft.ifftshift(padded, axes=(0, 1))
    return numpy.abs(numpy.fft.fftshift(numpy.fft.fft2(shifted, axes=(0, 1), norm="ortho"), axes=(0, 1)))


def nonlinear_blur(pixels, kernel, gamma=2.2, exposure=1.5, offset=0.01):
    low, high = offset ** (1 / gamma), (1 + offset) ** (1 / gamma)
    light = (low + (pixels + 1) / 2 * (high - low)) ** gamma - offset
    exposed = (1 - numpy.exp(-exposure * blur(light, kernel))) / (1 - numpy.exp(-exposure))
    return 2 * ((exposed + offset) ** (1 / gamma) - low) / (high - low) - 1


TO_COMPONENTS = numpy.array(
    [[0.299, 0.587, 0.114], [-0.168735892, -0.331264108, 0.5], [0.5, -0.418687589, -0.081312411]]
)


def jpeg(pixels, quality, subsampled):
    """A JPEG in which only the coefficients are rounded, with the tables that libjpeg writes."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", quality=quality)
    # Pillow gives the tables in reading order.
    written = Image.open(file)
    assert isinstance(written, JpegImagePlugin.JpegImageFile)
    tables = [numpy.array(table, float).reshape(8, 8) for table in written.quantization.values()]
    components = pixels * 127.5 @ TO_COMPONENTS.T
    result = numpy.empty_like(components)
    for channel in range(3):
        factor = 2 if channel and subsampled else 1
        plane = pool(components[..., channel : channel + 1], factor)[..., 0]
        rows, columns = -plane.shape[0] % 8, -plane.shape[1] % 8
        padded = numpy.pad(plane, ((0, rows), (0, columns)), mode="edge")
        table = tables[min(channel, 1)]
        for y in range(0, padded.shape[0], 8):
            for x in range(0, padded.shape[1], 8):
                c = fft.dctn(padded[y : y + 8, x : x + 8], norm="ortho")
                padded[y : y + 8, x : x + 8] = fft.idctn(numpy.round(c / table) * table, norm="ortho")
        plane = padded.repeat(factor, 0).repeat(factor, 1)[:HEIGHT, :WIDTH]
        result[..., channel] = plane
    return (result @ numpy.linalg.inv(TO_COMPONENTS).T / 127.5).clip(-1, 1)


def codec(levels, quality, subsampled):
    """What a real JPEG leaves, in [-1, 1]."""
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=quality, subsampling=2 if subsampled else 0)
    return numpy.asarray(Image.open(file)) / 127.5 - 1


def main():
    random = numpy.random.default_rng(SEED)
    rows, columns, channels = numpy.meshgrid(numpy.arange(HEIGHT), numpy.arange(WIDTH), numpy.arange(3), indexing="ij")
    smooth = 128 + 90 * numpy.sin(rows / 5 + channels) * numpy.cos(columns / 4)
    levels = (smooth + random.normal(0, 6, smooth.shape)).clip(0, 255).round().astype(numpy.uint8)
    pixels = levels / 127.5 - 1
    motion = random.random((5, 7)) * (random.random((5, 7)) < 0.5)
    motion /= motion.sum()
    gaussian = gaussian_kernel(61, 3.0)
    results = {
        "gaussianBlur": blur(pixels, gaussian),
        "motionBlur": blur(pixels, motion),
        "nonlinearBlur": nonlinear_blur(pixels, motion),
        "averagePooling4": pool(pixels, 4),
        "toneClipping": (2 * pixels).clip(-1, 1),
        "jpeg30": jpeg(pixels, 30, False),
        "jpeg75Half": jpeg(pixels, 75, True),
        "codec30": codec(levels, 30, False),
        "luma": pixels @ numpy.array([0.299, 0.587, 0.114]),
        "mean": pixels.mean(-1),
        "phaseRetrieval": phase(pixels, 2.0),
    }
    fixture = {
        "source": f"Tests/Tools/make-operator-fixtures.py, seed {SEED}, numpy {numpy.__version__}, "
        f"scipy {scipy.__version__}, Pillow {PIL.__version__}",
        "height": HEIGHT,
        "width": WIDTH,
        "pixels": levels.ravel().tolist(),
        "motionKernel": [round(float(w), 9) for w in motion.ravel()],
        "gaussianLine": [round(float(w), 9) for w in gaussian.sum(0)],
        "results": {name: [round(float(v), 6) for v in values.ravel()] for name, values in results.items()},
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "operators.json").write_text(json.dumps(fixture) + "\n")


if __name__ == "__main__":
    main()
