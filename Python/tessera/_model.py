"""A tokenizer, perhaps with a prior, that turns NumPy arrays of pictures into tokens and back."""

from __future__ import annotations

import ctypes
import os
import weakref
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ._arrays import LONGEST_SIDE, as_batch, as_codes, checked, described, pointer
from ._errors import ArgumentError
from ._library import Inpainting, library


class Model:
    """A model that is ready to work; made by :meth:`load`.

    Threads may share one. It can be pickled, and is then loaded again where it arrives.

    A process that was forked from one in which a model had been loaded computes on one thread; let
    ``multiprocessing`` spawn instead.
    """

    def __init__(self, model: str | None, threads: int):
        handle = ctypes.c_void_p()
        self._arguments = (model, threads)
        library.open(None if model is None else os.fsencode(model), threads, ctypes.byref(handle))
        self._handle = handle
        # Not at the end of the process, when threads may still be at work.
        weakref.finalize(self, library.close, handle).atexit = False
        self.name: str = library.name(handle).decode()
        #: The SHA-256 of the tokenizer's weights: which model made some tokens.
        self.hash: str = library.hash(handle).decode()
        #: The side of the square of pixels that a position of a grid stands for.
        self.pixels_per_token: int = library.pixels_per_token(handle)
        #: How many tokens there are for each of the K slots that spell a position.
        self.vocabulary: tuple[int, ...] = tuple(
            library.vocabulary(handle, slot) for slot in range(library.slot_count(handle))
        )
        #: Whether :meth:`inpaint` works.
        self.has_prior: bool = bool(library.has_prior(handle))

    @classmethod
    def load(cls, model: str | os.PathLike[str] | None = None, *, threads: int | None = None) -> Model:
        """Loads a model.

        Args:
            model: The path of a model folder, or the name of a model that ships with the package or
                lies in the folder that ``TESSERA_CHECKPOINTS`` names; the best of those unless given.
            threads: How many threads this process computes with, 1 to 1024; unless given it stays as
                it is, at first all processors that the process may use. All models share them.

        Raises:
            ModelError: There is no such model, or a file of it is missing or damaged.
            ArgumentError: ``threads`` is outside its range.
        """
        count = 0 if threads is None else checked(threads, "threads", 1, 1024)
        return cls(None if model is None else os.fspath(model), count)

    def __reduce__(self) -> tuple[type[Model], tuple[str | None, int]]:
        return Model, self._arguments

    def __repr__(self) -> str:
        return f"<tessera.Model {self.name!r}, {self.hash[:12]}>"

    def grid(self, height: int, width: int) -> tuple[int, int]:
        """The rows and columns of tokens of a picture of some height and width in pixels."""
        rows, columns = ctypes.c_size_t(), ctypes.c_size_t()
        height = checked(height, "height", 1, LONGEST_SIDE)
        width = checked(width, "width", 1, LONGEST_SIDE)
        library.grid(self._handle, height, width, ctypes.byref(rows), ctypes.byref(columns))
        return rows.value, columns.value

    def encode(self, pictures: NDArray[np.uint8]) -> NDArray[np.uint16]:
        """Turns pictures into tokens.

        Args:
            pictures: RGB of 8 bits, uint8 ``[N, H, W, 3]``, or ``[H, W, 3]`` for one.

        Returns:
            Tokens, uint16 ``[N, h, w, K]`` or ``[h, w, K]``; h and w are H and W over
            :attr:`pixels_per_token`, rounded up.

        Raises:
            ArgumentError: The array is not such pictures.
        """
        batch = as_batch(pictures)
        tokens = np.empty((len(batch), *self.grid(*batch.shape[1:3]), len(self.vocabulary)), np.uint16)
        library.encode(self._handle, described(batch), pointer(tokens), tokens.size)
        return tokens.reshape(tokens.shape[batch.ndim - np.ndim(pictures) :])

    def decode(
        self, tokens: NDArray[np.integer], height: int | None = None, width: int | None = None
    ) -> NDArray[np.uint8]:
        """Turns tokens into pictures, by the decoder trained for perceptual likeness if there is one.

        Args:
            tokens: Integers ``[N, h, w, K]``, or ``[h, w, K]`` for one picture.
            height, width: The size in pixels; unless given, that of whole positions. What was filled
                up when a picture was encoded is cut off again.

        Returns:
            RGB of 8 bits, uint8 ``[N, height, width, 3]`` or ``[height, width, 3]``.

        Raises:
            ArgumentError: The array is not such tokens, or a picture of the size has other ones.
            TokenError: A token is outside the vocabulary of its slot.
        """
        batch = np.asarray(tokens)
        if batch.ndim not in (3, 4) or batch.shape[-1] != len(self.vocabulary):
            raise ArgumentError(
                f"tokens have the shape {list(batch.shape)}, but must have [N, h, w, "
                f"{len(self.vocabulary)}] or [h, w, {len(self.vocabulary)}]"
            )
        batch = as_codes(batch)
        rows, columns = batch.shape[-3:-1]
        height = rows * self.pixels_per_token if height is None else height
        width = columns * self.pixels_per_token if width is None else width
        if self.grid(height, width) != (rows, columns):
            raise ArgumentError(
                f"a picture of {width} x {height} pixels has {self.grid(height, width)} rows and "
                f"columns of tokens, but {(rows, columns)} were given"
            )
        count = 1 if batch.ndim == 3 else len(batch)
        pictures = np.empty((count, height, width, 3), np.uint8)
        library.decode(self._handle, pointer(batch), batch.size, described(pictures))
        return pictures.reshape(pictures.shape[4 - batch.ndim :])

    def inpaint(
        self,
        pictures: NDArray[np.uint8],
        holes: NDArray[np.bool_],
        *,
        seed: int = 0,
        steps: int | None = None,
        inner_steps: int | None = None,
        names: Sequence[str] | None = None,
    ) -> NDArray[np.uint8]:
        """Fills holes of pictures; every other pixel stays as it is.

        Args:
            pictures: uint8 ``[N, H, W, 3]`` or ``[H, W, 3]``.
            holes: bool ``[N, H, W]``, or ``[H, W]`` for all alike; True is filled.
            seed: The seed of all random choices.
            steps: How often the prior is asked, 1 to 10000; a few unless given.
            inner_steps: Gradient steps within a step, 1 to 10000.
            names: What keys the random choices of each picture, such as its file's name without
                folders and ending, which is what the command takes; all alike unless given.

        Returns:
            New pictures, of the shape of ``pictures``.

        Raises:
            ArgumentError: The arrays do not fit each other, or a number is outside its range.
            ModelError: The model has no prior, or its file is missing or damaged.
        """
        batch = as_batch(pictures)
        mask = np.asarray(holes)
        if mask.dtype != np.bool_:
            raise ArgumentError(f"holes are {mask.dtype}, but must be bool; of a mask of lightness take 'mask >= 128'")
        if mask.shape not in (batch.shape[:3], batch.shape[1:3]):
            raise ArgumentError(
                f"holes have the shape {list(mask.shape)}, but must have {list(batch.shape[:3])} or "
                f"{list(batch.shape[1:3])}"
            )
        keys = ctypes.POINTER(ctypes.c_uint64)()
        if names is not None:
            if isinstance(names, str) or len(names) != len(batch):
                raise ArgumentError(f"'names' must be a list of {len(batch)}, one for each picture")
            hashes = np.array([library.key(name.encode()) for name in names], np.uint64)
            keys = pointer(hashes)
        options = Inpainting(
            checked(seed, "seed", 0, 2**64 - 1),
            keys,
            0 if steps is None else checked(steps, "steps", 1, 10_000),
            0 if inner_steps is None else checked(inner_steps, "inner_steps", 1, 10_000),
        )
        mask = np.ascontiguousarray(np.broadcast_to(mask, batch.shape[:3])).view(np.uint8)
        filled = np.array(batch, order="C")
        library.inpaint(self._handle, described(filled), pointer(mask), mask.size, ctypes.byref(options))
        return filled.reshape(np.shape(pictures))
