"""Holes filled with pixels of the same picture, without a model; and what filling by a model shares with it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ._arrays import as_batch, as_mask, checked, described, pointer
from ._errors import ArgumentError
from ._library import Filling, Sampling, library
from ._steps import StepFunction, watched


def fill(
    pictures: NDArray[np.uint8],
    holes: NDArray[np.bool_],
    avoid: NDArray[np.bool_] | None = None,
    seed: int = 0,
    source_radius: int | None = None,
    *,
    names: Sequence[str] | None = None,
    step: StepFunction | None = None,
) -> NDArray[np.uint8]:
    """Fills holes with pixels copied from the same picture, without a model; every other pixel stays as it is.

    Args:
        pictures: uint8 ``[N, H, W, 3]`` or ``[H, W, 3]``.
        holes: bool ``[N, H, W]``, or ``[H, W]`` for all alike; True is filled.
        avoid: As ``holes``: known pixels that are never copied.
        seed: The seed of all random choices.
        source_radius: How far from a hole pixels are copied, 1 to 65536; as far as helps unless given.
        names: What keys the random choices of each picture, such as its file's name without folders and
            extension, which is what the command takes; all alike unless given.
        step: Told after each step how many of how many are done. What it raises ends the call and is raised by it,
            and so does Ctrl-C.

    Returns:
        New pictures, of the shape of ``pictures``.

    Raises:
        ArgumentError: The arrays do not fit each other, a number is outside its range, or a picture has too little
            to copy from.
    """
    batch = as_batch(pictures)
    mask = as_mask(holes, "holes", batch)
    keys = keys_of(names, len(batch))
    avoided = None if avoid is None else as_mask(avoid, "avoided pixels", batch)
    sampling = Sampling(seed=checked(seed, "seed", 0, 2**64 - 1), keys=None if keys is None else pointer(keys))
    options = filling(sampling, source_radius, avoided)
    filled = np.array(batch, order="C")
    with watched(step) as options.sampling.step:
        library.fill(described(filled), pointer(mask), mask.size, ctypes.byref(options))
    return filled.reshape(np.shape(pictures))


def filling(sampling: Sampling, source_radius: int | None, avoided: NDArray[np.uint8] | None) -> Filling:
    """How holes are filled, as C sees it; the arrays must outlive its use."""
    options = Filling(sampling=sampling)
    options.source_radius = 0 if source_radius is None else checked(source_radius, "source_radius", 1, 65_536)
    if avoided is not None:
        options.avoided, options.avoided_count = pointer(avoided), avoided.size
    return options


def encoded(text: str | None) -> bytes | None:
    """A word as C takes it; a null one for none."""
    return None if text is None else text.encode()


def keys_of(names: Sequence[str] | None, count: int) -> NDArray[np.uint64] | None:
    """What keys the random choices of pictures with some names."""
    if names is None:
        return None
    if isinstance(names, str) or len(names) != count:
        raise ArgumentError(f"'names' must be a list of {count}, one for each picture")
    return np.array([library.key(name.encode()) for name in names], np.uint64)
