"""What is done to JPEGs without a network: the file that people have, and its mean over shifts."""

import io

from .measurement import package

SHIFTS = (-3, -1, 1, 3)  # of rows and columns: 16 grids of blocks


def decoded(m):
    """The picture [H, W, 3] of the file: libjpeg interpolates colour differences, which the measurement repeats."""
    return stored(m.bytes, m.quality) / 255


def stored(pixels, quality):
    """Pixels [H, W, 3] of 8 bits after a JPEG."""
    np, image = package("numpy"), package("PIL.Image")
    file = io.BytesIO()
    image.fromarray(pixels).save(file, format="JPEG", quality=quality, subsampling="4:2:0")
    return np.asarray(image.open(file).convert("RGB"))


def restored_by_shifts(m):
    """A. Nosratinia, "Enhancement of JPEG-Compressed Images by Re-application of JPEG", 2001."""
    np = package("numpy")
    picture = np.pad((decoded(m) * 255).round().astype(np.uint8), ((8, 8), (8, 8), (0, 0)), mode="reflect")
    shifted = [
        np.roll(stored(np.roll(picture, (y, x), (0, 1)), m.quality).astype(np.float64), (-y, -x), (0, 1))
        for y in SHIFTS
        for x in SHIFTS
    ]
    return (np.mean(shifted, axis=0) / 255)[8:-8, 8:-8]
