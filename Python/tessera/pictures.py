"""Bytes of JPEG, PNG and whatever else Pillow reads to arrays of pixels, and columns of them to tokens."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._errors import ArgumentError, PictureError
from ._model import Model


class Tokens(NamedTuple):
    """The tokens of one picture, or why it has none."""

    #: uint16 ``[h, w, K]``.
    codes: NDArray[np.uint16] | None = None
    #: The size of the picture in pixels.
    height: int | None = None
    width: int | None = None
    #: One sentence, if the picture could not be read.
    error: str | None = None


def read_picture(data: bytes) -> NDArray[np.uint8]:
    """Reads a picture: its EXIF orientation applied, its transparency left out.

    Returns:
        RGB of 8 bits, uint8 ``[H, W, 3]``.

    Raises:
        PictureError: The bytes are no picture, are cut short, or are a picture of too many pixels.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as opened:
            picture = ImageOps.exif_transpose(opened)
            if picture.mode.startswith("I"):  # 16 bits, which Pillow would cut off at 255
                gray = np.clip(np.asarray(picture, np.int64), 0, 65_535)
                return np.repeat(((gray * 255 + 32_767) // 65_535).astype(np.uint8)[..., None], 3, 2)
            return np.asarray(picture.convert("RGB"))
    except Exception as error:  # Pillow's readers raise what they like
        raise PictureError(f"the {len(data)} bytes are not a picture that can be read: {error}") from None


def picture_bytes(value: Any) -> bytes:
    """The bytes of a picture in a column: bytes, or {bytes, path} as Hugging Face data sets have it.

    Raises:
        PictureError: There are none, or the file that is named cannot be read.
    """
    path = None
    if hasattr(value, "asDict"):  # a row of Spark
        value = value.asDict()
    if isinstance(value, Mapping):
        value, path = value.get("bytes"), value.get("path")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if path is None:
        raise PictureError("there is no picture: neither bytes nor a path")
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise PictureError(f"{path}: {error.strerror}") from None


def tokenize(values: Iterable[Any], model: Model) -> list[Tokens]:
    """The tokens of pictures, those of one size encoded together.

    A picture that cannot be read gets an error in its place, and the others go on.

    Args:
        values: Pictures as :func:`picture_bytes` takes them, or arrays uint8 ``[H, W, 3]``.
        model: The model.
    """
    results: list[Tokens] = []
    sizes: dict[tuple[int, int], list[tuple[int, NDArray[np.uint8]]]] = defaultdict(list)
    for index, value in enumerate(values):
        try:
            is_array = isinstance(value, np.ndarray)
            pixels = value if is_array else read_picture(picture_bytes(value))
            height, width = pixels.shape[:2]
            results.append(Tokens(None, height, width))
            sizes[height, width].append((index, pixels))
        except PictureError as error:
            results.append(Tokens(error=str(error)))
    for (height, width), entries in sizes.items():
        try:
            codes = model.encode(np.stack([pixels for _, pixels in entries]))
        except ArgumentError as error:  # pictures of more pixels than are taken
            for index, _ in entries:
                results[index] = Tokens(None, height, width, str(error))
            continue
        for (index, _), grid in zip(entries, codes, strict=True):
            results[index] = Tokens(grid, height, width)
    return results


def columns(tokens: list[Tokens]) -> dict[str, list[Any]]:
    """The columns that take the place of a column of pictures, by name.

    ``tokens`` (uint16, in the order of rows, columns and slots), ``rows`` and ``columns`` of the grid,
    ``height`` and ``width`` of the picture in pixels, and ``error``: why a picture has no tokens.
    """
    return {
        "tokens": [None if t.codes is None else t.codes.ravel() for t in tokens],
        "rows": [None if t.codes is None else t.codes.shape[0] for t in tokens],
        "columns": [None if t.codes is None else t.codes.shape[1] for t in tokens],
        "height": [t.height for t in tokens],
        "width": [t.width for t in tokens],
        "error": [t.error for t in tokens],
    }


def check_columns(names: list[str], column: str) -> None:
    """Checks that a table has a column of pictures and room for :func:`columns`.

    Raises:
        ArgumentError: It has not.
    """
    if column not in names:
        raise ArgumentError(f"there is no column '{column}'; there are {', '.join(names)}")
    for name in columns([]):
        if name in names and name != column:
            raise ArgumentError(f"there is a column '{name}' already; rename it before")
