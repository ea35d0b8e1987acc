"""NumPy arrays as the library takes them: checked, laid out, and described to C."""

from __future__ import annotations

import ctypes
import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._errors import ArgumentError, TokenError
from ._library import Pictures

#: The most pixels that a picture may have along a side, as tessera.h says.
LONGEST_SIDE = 65_500


def checked(number: int, name: str, least: int, most: int) -> int:
    """The number, if it is whole and in its range."""
    try:
        whole = operator.index(number)
    except TypeError:
        raise ArgumentError(f"'{name}' is {number!r}, but must be a whole number") from None
    if not least <= whole <= most:
        raise ArgumentError(f"'{name}' is {whole}, but must be from {least} to {most}")
    return whole


def as_batch(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pictures as uint8 [N, H, W, 3] whose rows lie whole in memory; copied only if they do not."""
    batch = np.asarray(pictures)
    if batch.dtype != np.uint8:
        raise ArgumentError(f"pictures are {batch.dtype}, but must be uint8, from 0 to 255")
    if batch.ndim not in (3, 4) or batch.shape[-1] != 3:
        raise ArgumentError(f"pictures have the shape {list(batch.shape)}, but must have [N, H, W, 3] or [H, W, 3]")
    if batch.ndim == 3:
        batch = batch[np.newaxis]
    count, height, width, _ = batch.shape
    row = 3 * width
    rows_are_whole = batch.strides[3] == 1 and (width < 2 or batch.strides[2] == 3)
    rows_are_apart = height < 2 or batch.strides[1] >= row
    extent = (height - 1) * batch.strides[1] + row
    pictures_are_apart = count < 2 or batch.strides[0] >= extent
    if rows_are_whole and rows_are_apart and pictures_are_apart:
        return batch
    return np.ascontiguousarray(batch)


def as_mask(mask: NDArray[np.bool_], name: str, batch: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A mask for each picture of a batch as contiguous bytes."""
    mask = np.asarray(mask)
    if mask.dtype != np.bool_:
        raise ArgumentError(f"{name} are {mask.dtype}, but must be bool; of a mask of lightness take 'mask >= 128'")
    if mask.shape not in (batch.shape[:3], batch.shape[1:3]):
        raise ArgumentError(
            f"{name} have the shape {list(mask.shape)}, but must have {list(batch.shape[:3])} or "
            f"{list(batch.shape[1:3])}"
        )
    return np.ascontiguousarray(np.broadcast_to(mask, batch.shape[:3])).view(np.uint8)


def as_codes(tokens: NDArray[np.integer]) -> NDArray[np.uint16]:
    """Tokens as contiguous uint16; what does not fit is no token of any model."""
    if tokens.dtype.kind not in "iu":
        raise ArgumentError(f"tokens are {tokens.dtype}, but must be integers")
    outside = (tokens < 0) | (tokens > 65_535)
    if outside.any():
        raise TokenError(f"a token is {tokens[outside][0]}, but tokens are from 0 to 65535")
    return np.ascontiguousarray(tokens, np.uint16)


def pointer(array: NDArray[Any]) -> Any:
    """The address of an array's first element, typed; the array must outlive its use."""
    return array.ctypes.data_as(ctypes.POINTER(np.ctypeslib.as_ctypes_type(array.dtype)))


def described(batch: NDArray[np.uint8]) -> Pictures:
    """Pictures from :func:`as_batch` as C sees them."""
    count, height, width, _ = batch.shape
    row_stride = batch.strides[1] if height > 1 else 3 * width
    picture_stride = batch.strides[0] if count > 1 else height * row_stride
    extent = (count - 1) * picture_stride + (height - 1) * row_stride + 3 * width if count else 0
    return Pictures(pointer(batch), extent, count, height, width, row_stride, picture_stride)


def optional(number: float | None, kind: type[Any]) -> Any:
    """The address of a number, or a null one."""
    return None if number is None else ctypes.pointer(kind(number))
