"""A tokenizer, perhaps with a prior, that turns NumPy arrays of pictures into tokens and back."""

from __future__ import annotations

import ctypes
import os
import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import LONGEST_SIDE, as_batch, as_codes, as_mask, checked, described, optional, pointer
from ._errors import ArgumentError
from ._fill import encoded, filling, keys_of
from ._library import Generation, Restoration, Sampling, library
from ._steps import StepFunction, watched

#: Ctrl-C ends a call on more pictures than these between two such parts.
PART = max(64, 4 * (os.cpu_count() or 1))


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
        #: Whether :meth:`inpaint`, :meth:`restore` and :meth:`generate` work.
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
        for start in range(0, len(batch), PART):
            part = tokens[start : start + PART]
            library.encode(self._handle, described(batch[start : start + PART]), pointer(part), part.size)
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
        grids = batch.reshape(count, rows * columns * len(self.vocabulary))
        for start in range(0, count, PART):
            part = grids[start : start + PART]
            library.decode(self._handle, pointer(part), part.size, described(pictures[start : start + PART]))
        return pictures.reshape(pictures.shape[4 - batch.ndim :])

    def inpaint(
        self,
        pictures: NDArray[np.uint8],
        holes: NDArray[np.bool_],
        *,
        seed: int = 0,
        method: str | None = None,
        steps: int | None = None,
        inner_steps: int | None = None,
        texture: str = "auto",
        source_radius: int | None = None,
        avoid: NDArray[np.bool_] | None = None,
        names: Sequence[str] | None = None,
        step: StepFunction | None = None,
    ) -> NDArray[np.uint8]:
        """Fills holes of pictures; every other pixel stays as it is.

        Args:
            pictures: uint8 ``[N, H, W, 3]`` or ``[H, W, 3]``.
            holes: bool ``[N, H, W]``, or ``[H, W]`` for all alike; True is filled.
            seed: The seed of all random choices.
            method: How tokens are sampled, as the command's ``--method``; ``aps`` unless given.
            steps: How often the prior is asked, 1 to 10000; a few unless given.
            inner_steps: Gradient steps within a step, 1 to 10000.
            texture: Where the texture comes from: ``exemplar``, pixels copied from the same picture; ``model``;
                or ``auto``, whichever is better.
            source_radius: How far from a hole pixels are copied, 1 to 65536; as far as helps unless given.
            avoid: As ``holes``: known pixels that are never copied.
            names: What keys the random choices of each picture, such as its file's name without
                folders and extension, which is what the command takes; all alike unless given.
            step: Told after each step how many of how many are done. What it raises ends the call and is
                raised by it, and so does Ctrl-C.

        Returns:
            New pictures, of the shape of ``pictures``.

        Raises:
            ArgumentError: The arrays do not fit each other, or a number is outside its range.
            ModelError: The model has no prior, or its file is missing or damaged.
        """
        batch = as_batch(pictures)
        mask = as_mask(holes, "holes", batch)
        keys = keys_of(names, len(batch))
        avoided = None if avoid is None else as_mask(avoid, "avoided pixels", batch)
        options = filling(_sampling(seed, keys, method, steps, inner_steps), source_radius, avoided)
        options.texture = encoded(texture)
        filled = np.array(batch, order="C")
        with watched(step) as options.sampling.step:
            library.inpaint(self._handle, described(filled), pointer(mask), mask.size, ctypes.byref(options))
        return filled.reshape(np.shape(pictures))

    def restore(
        self,
        pictures: NDArray[np.uint8],
        task: str,
        *,
        noise: float | None = None,
        quality: int | None = None,
        kernel: NDArray[np.floating[Any]] | None = None,
        look: float = 0,
        seed: int = 0,
        method: str | None = None,
        steps: int | None = None,
        inner_steps: int | None = None,
        names: Sequence[str] | None = None,
        step: StepFunction | None = None,
    ) -> NDArray[np.uint8]:
        """Restores pictures that were reduced, blurred, clipped, compressed or otherwise lost.

        Args:
            pictures: uint8 ``[N, H, W, 3]`` or ``[H, W, 3]``; they are taken for what a PNG in colour holds.
            task: What was done to them, as the command's ``--task``, such as ``sr4``.
            noise: The standard deviation of their noise for pixels from -1 to 1, from 0 to 2; judged by
                each picture unless given.
            quality: The quality of task ``jpeg``, 1 to 100; 20 unless given.
            kernel: Of a blur, ``[h, w]`` of odd sides up to 129; scaled to a sum of 1.
            look: Where a denoiser restores without tokens, 0 is nearest to the truth and 1 has the texture of
                photographs, with mixes of both between; the command's ``--look``.
            seed: The seed of all random choices.
            method: How tokens are sampled, as the command's ``--method``. Unless this, ``steps`` or
                ``inner_steps`` are given, a denoiser restores the pictures without tokens where one ships
                that suits the task.
            steps: How often the prior is asked, 1 to 10000; a few unless given.
            inner_steps: Gradient steps within a step, 1 to 10000.
            names: What keys the random choices of each picture; see :meth:`inpaint`.
            step: Told after each step; see :meth:`inpaint`.

        Returns:
            New pictures, with 2, 4 or 8 times the sides for ``sr2``, ``sr4``, ``pool4`` and ``sr8``.

        Raises:
            ArgumentError: There is no such task or method, it needs a kernel, or a number is outside its
                range.
            ModelError: The model has no prior, or its file is missing or damaged.
        """
        batch = as_batch(pictures)
        keys = keys_of(names, len(batch))
        options = Restoration(sampling=_sampling(seed, keys, method, steps, inner_steps))
        options.noise = optional(noise, ctypes.c_double)
        options.quality = 0 if quality is None else checked(quality, "quality", 1, 100)
        options.look = look
        weights = np.ascontiguousarray(np.zeros((0, 0)) if kernel is None else kernel, np.float32)
        if kernel is not None:
            if weights.ndim != 2:
                raise ArgumentError(f"the kernel has the shape {list(weights.shape)}, but must have [h, w]")
            options.kernel = pointer(weights)
            options.kernel_height, options.kernel_width = weights.shape
        factor = max(library.restored_factor(task.encode()), 1)
        count, height, width, _ = batch.shape
        restored = np.empty((count, factor * height, factor * width, 3), np.uint8)
        with watched(step) as options.sampling.step:
            library.restore(
                *(self._handle, task.encode()),
                *(described(batch), described(restored), ctypes.byref(options)),
            )
        return restored.reshape(restored.shape[batch.ndim - np.ndim(pictures) :])

    def generate(
        self,
        count: int = 1,
        height: int = 128,
        width: int = 128,
        *,
        seed: int = 0,
        steps: int | None = None,
        label: str | None = None,
        guidance: float | None = None,
        order: str | None = None,
        schedule: str | None = None,
        temperature: float | None = None,
        choice_temperature: float | None = None,
        top_p: float | None = None,
        step: StepFunction | None = None,
    ) -> NDArray[np.uint8]:
        """Draws pictures from the prior; one depends on the seed, its number and its size alone.

        Args:
            count: How many pictures.
            height, width: Their size in pixels.
            seed: The seed of all random choices.
            steps: How often the prior is asked, 1 to 10000; 12 unless given.
            label: A class that the prior knows; none unless given.
            guidance: How far to follow the label, 0 to 100: 1, unless given, is as trained.
            order: Which slots come first: ``confidence``, ``halton`` or ``random``.
            schedule: How the number of masked slots falls: ``cosine``, ``arccos``, ``linear`` or
                ``square-root``.
            temperature: What divides logits; 0 takes the best code, 1 unless given.
            choice_temperature: The noise on confidences, fading; 4.5 unless given.
            top_p: The probability mass to draw from, above 0 to 1.
            step: Told after each step; see :meth:`inpaint`.

        Returns:
            uint8 ``[count, height, width, 3]``.

        Raises:
            ArgumentError: The model knows no such label, or a number is outside its range.
            ModelError: The model has no prior, or its file is missing or damaged.
        """
        options = Generation(
            seed=checked(seed, "seed", 0, 2**64 - 1),
            step_count=0 if steps is None else checked(steps, "steps", 1, 10_000),
            label=encoded(label),
            guidance=optional(guidance, ctypes.c_float),
            order=encoded(order),
            schedule=encoded(schedule),
            temperature=optional(temperature, ctypes.c_float),
            choice_temperature=optional(choice_temperature, ctypes.c_float),
            top_p=optional(top_p, ctypes.c_float),
        )
        sides = (checked(height, "height", 1, LONGEST_SIDE), checked(width, "width", 1, LONGEST_SIDE))
        drawn = np.empty((checked(count, "count", 0, 1_000_000), *sides, 3), np.uint8)
        with watched(step) as options.step:
            library.generate(self._handle, described(drawn), ctypes.byref(options))
        return drawn


def _sampling(
    seed: int,
    keys: NDArray[np.uint64] | None,
    method: str | None,
    steps: int | None,
    inner_steps: int | None,
) -> Sampling:
    """How tokens are sampled, as C sees it; the keys must outlive its use."""
    return Sampling(
        seed=checked(seed, "seed", 0, 2**64 - 1),
        keys=None if keys is None else pointer(keys),
        step_count=0 if steps is None else checked(steps, "steps", 1, 10_000),
        inner_step_count=0 if inner_steps is None else checked(inner_steps, "inner_steps", 1, 10_000),
        method=encoded(method),
    )
