"""Pictures in files to shards of tokens: the job that the command runs."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from typing import NamedTuple

from ._arrays import checked
from ._errors import ArgumentError
from ._library import TokenizedCounts, Tokenizing, library
from ._model import Model
from ._steps import StepFunction, watched

_Path = str | os.PathLike[str]


class Tokenized(NamedTuple):
    """What a run of :func:`tokenize` came to, in pictures."""

    #: Made into tokens by this run.
    done: int
    #: Whose tokens were there already.
    skipped: int
    #: Passed over because it was asked for.
    filtered: int
    #: That could not be used; ``failures.jsonl`` in the folder says why.
    failed: int
    #: That failed in earlier runs and were not tried again.
    failed_before: int
    #: Shards of other tasks that are still to come.
    missing_shards: int


def tokenize(
    inputs: _Path | Sequence[_Path],
    output: _Path,
    *,
    model: Model | None = None,
    format: str = "safetensors",  # noqa: A002 (the command's word)
    shard_size: int = 1024,
    size: int | None = None,
    fit: str | None = None,
    min_side: int | None = None,
    max_side: int | None = None,
    max_aspect: float | None = None,
    task_index: int = 0,
    task_count: int = 1,
    max_memory: int | None = None,
    retry_failed: bool = False,
    overwrite: bool = False,
    fail_fast: bool = False,
    allow_commands: bool = False,
    step: StepFunction | None = None,
) -> Tokenized:
    """Turns pictures in files into shards of tokens in a folder: the bytes that ``tessera tokenize`` writes.

    A run that was stopped is gone on with by the next one with the same inputs, and ends with the same
    bytes.

    Args:
        inputs: Pictures, folders with all below them, tar archives, and patterns and ranges of them.
        output: The folder, which is made unless it exists.
        model: The model; the best that ships unless given.
        format: ``safetensors``, or ``webdataset`` for tar archives.
        shard_size: The most pictures of a shard, 1 to 1000000.
        size: Makes every picture a square of so many pixels a side, up to 16384.
        fit: How: ``crop``, unless given, takes the middle, ``pad`` adds black bars.
        min_side, max_side, max_aspect: Which pictures are passed over: those with a shorter side, with a
            longer one, or with a greater ratio of the sides.
        task_index, task_count: Which of how many processes that share the job this is.
        max_memory: The most bytes of pictures in work; larger ones fail.
        retry_failed: Whether what failed before is tried again.
        overwrite: Whether what is in the folder is removed first.
        fail_fast: Whether the first item that cannot be done ends the run.
        allow_commands: Whether inputs that begin with ``pipe:`` are run as commands that print archives.
        step: Told after each input how many are done, and how many are known so far. What it raises ends
            the call and is raised by it, and so does Ctrl-C, after the pictures at work.

    Returns:
        What the run came to. A picture that cannot be used is a line of ``failures.jsonl``, and others go
        on.

    Raises:
        ArgumentError: The folder holds another job, is in use or lies in an input, or a number is outside
            its range.
        StorageError: The folder cannot be written.
    """
    paths = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    if not paths:
        raise ArgumentError("'inputs' is empty, but must name pictures, folders or archives")
    words = (ctypes.c_char_p * len(paths))(*(os.fsencode(path) for path in paths))
    tasks = checked(task_count, "task_count", 1, 1 << 20)
    options = Tokenizing(
        format=format.encode(),
        shard_size=checked(shard_size, "shard_size", 1, 1_000_000),
        size=0 if size is None else checked(size, "size", 1, 16384),
        fit=None if fit is None else fit.encode(),
        minimum_side=0 if min_side is None else checked(min_side, "min_side", 1, 1 << 40),
        maximum_side=0 if max_side is None else checked(max_side, "max_side", 1, 1 << 40),
        maximum_aspect=0 if max_aspect is None else max_aspect,
        task_index=checked(task_index, "task_index", 0, tasks - 1),
        task_count=tasks,
        memory_limit=0 if max_memory is None else checked(max_memory, "max_memory", 1, 1 << 62),
        retries_failed=retry_failed,
        overwrites=overwrite,
        fails_fast=fail_fast,
        allows_commands=allow_commands,
    )
    counts = TokenizedCounts()
    model = Model.load() if model is None else model
    with watched(step) as options.step:
        library.tokenize(
            *(model._handle, words, len(paths), os.fsencode(output)),
            *(ctypes.byref(options), ctypes.byref(counts)),
        )
    return Tokenized(*(getattr(counts, name) for name in Tokenized._fields))
