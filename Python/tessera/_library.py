"""libtessera.so: its functions as tessera.h declares them, with statuses turned into exceptions."""

import ctypes
import os
from collections.abc import Callable
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_size_t,
    c_uint8,
    c_uint16,
    c_uint64,
    c_void_p,
)
from pathlib import Path

from ._errors import ArgumentError, ModelError, StoppedError, StorageError, TesseraError, TokenError

ABI = 3
ERRORS = {
    1: ArgumentError,
    2: ArgumentError,
    3: ModelError,
    4: TokenError,
    5: StoppedError,
    6: StorageError,
}

#: tessera_step
Step = CFUNCTYPE(c_int32, c_void_p, c_size_t, c_size_t)


class Pictures(Structure):
    """tessera_pictures"""

    _fields_ = [
        ("bytes", POINTER(c_uint8)),
        ("byte_count", c_size_t),
        ("count", c_size_t),
        ("height", c_size_t),
        ("width", c_size_t),
        ("row_stride", c_size_t),
        ("picture_stride", c_size_t),
    ]


class Sampling(Structure):
    """tessera_sampling"""

    _fields_ = [
        ("seed", c_uint64),
        ("keys", POINTER(c_uint64)),
        ("step_count", c_int32),
        ("inner_step_count", c_int32),
        ("method", c_char_p),
        ("step", Step),
        ("context", c_void_p),
    ]


class Filling(Structure):
    """tessera_filling"""

    _fields_ = [
        ("sampling", Sampling),
        ("texture", c_char_p),
        ("source_radius", c_size_t),
        ("avoided", POINTER(c_uint8)),
        ("avoided_count", c_size_t),
    ]


class Restoration(Structure):
    """tessera_restoration"""

    _fields_ = [
        ("sampling", Sampling),
        ("noise", POINTER(c_double)),
        ("kernel", POINTER(c_float)),
        ("kernel_height", c_size_t),
        ("kernel_width", c_size_t),
        ("quality", c_int32),
        ("look", c_double),
    ]


class Generation(Structure):
    """tessera_generation"""

    _fields_ = [
        ("seed", c_uint64),
        ("keys", POINTER(c_uint64)),
        ("step_count", c_int32),
        ("label", c_char_p),
        ("guidance", POINTER(c_float)),
        ("order", c_char_p),
        ("schedule", c_char_p),
        ("temperature", POINTER(c_float)),
        ("choice_temperature", POINTER(c_float)),
        ("top_p", POINTER(c_float)),
        ("step", Step),
        ("context", c_void_p),
    ]


class Tokenizing(Structure):
    """tessera_tokenizing"""

    _fields_ = [
        ("format", c_char_p),
        ("shard_size", c_size_t),
        ("size", c_size_t),
        ("fit", c_char_p),
        ("minimum_side", c_size_t),
        ("maximum_side", c_size_t),
        ("maximum_aspect", c_double),
        ("task_index", c_size_t),
        ("task_count", c_size_t),
        ("memory_limit", c_size_t),
        ("retries_failed", c_int32),
        ("overwrites", c_int32),
        ("fails_fast", c_int32),
        ("allows_commands", c_int32),
        ("step", Step),
        ("context", c_void_p),
    ]


class TokenizedCounts(Structure):
    """tessera_tokenized"""

    _fields_ = [
        ("done", c_size_t),
        ("skipped", c_size_t),
        ("filtered", c_size_t),
        ("failed", c_size_t),
        ("failed_before", c_size_t),
        ("missing_shards", c_size_t),
    ]


# Name: what it returns, then what it takes. A status is returned as None, which stands for "checked".
FUNCTIONS = {
    "abi": (c_int32,),
    "message": (c_char_p,),
    "open": (None, c_char_p, c_int32, POINTER(c_void_p)),
    "close": (c_void_p, c_void_p),
    "name": (c_char_p, c_void_p),
    "hash": (c_char_p, c_void_p),
    "pixels_per_token": (c_size_t, c_void_p),
    "slot_count": (c_size_t, c_void_p),
    "vocabulary": (c_size_t, c_void_p, c_size_t),
    "has_prior": (c_int32, c_void_p),
    "grid": (None, c_void_p, c_size_t, c_size_t, POINTER(c_size_t), POINTER(c_size_t)),
    "encode": (None, c_void_p, POINTER(Pictures), POINTER(c_uint16), c_size_t),
    "decode": (None, c_void_p, POINTER(c_uint16), c_size_t, POINTER(Pictures)),
    "inpaint": (None, c_void_p, POINTER(Pictures), POINTER(c_uint8), c_size_t, POINTER(Filling)),
    "fill": (None, POINTER(Pictures), POINTER(c_uint8), c_size_t, POINTER(Filling)),
    "restored_factor": (c_size_t, c_char_p),
    "restore": (None, c_void_p, c_char_p, POINTER(Pictures), POINTER(Pictures), POINTER(Restoration)),
    "generate": (None, c_void_p, POINTER(Pictures), POINTER(Generation)),
    "tokenize": (
        *(None, c_void_p, POINTER(c_char_p), c_size_t, c_char_p),
        *(POINTER(Tokenizing), POINTER(TokenizedCounts)),
    ),
    "key": (c_uint64, c_char_p),
}


class Library:
    """The functions of tessera.h without their prefix; what they take stands in :data:`FUNCTIONS`."""

    abi: Callable[..., int]
    message: Callable[..., bytes]
    open: Callable[..., None]
    close: Callable[..., None]
    name: Callable[..., bytes]
    hash: Callable[..., bytes]
    pixels_per_token: Callable[..., int]
    slot_count: Callable[..., int]
    vocabulary: Callable[..., int]
    has_prior: Callable[..., int]
    grid: Callable[..., None]
    encode: Callable[..., None]
    decode: Callable[..., None]
    inpaint: Callable[..., None]
    fill: Callable[..., None]
    restored_factor: Callable[..., int]
    restore: Callable[..., None]
    generate: Callable[..., None]
    tokenize: Callable[..., None]
    key: Callable[..., int]

    def __init__(self, path: Path):
        self.path = path
        try:
            library = ctypes.CDLL(str(path))
        except OSError as error:
            raise TesseraError(
                f"{path} does not load ({error}); build the wheel with Scripts/build-wheel, or name a "
                "library in TESSERA_LIBRARY"
            ) from None
        for name, (result, *parameters) in FUNCTIONS.items():
            function = getattr(library, f"tessera_{name}")
            function.argtypes = parameters
            function.restype = c_int32 if result is None else result
            if result is None:
                function.errcheck = self._check
            setattr(self, name, function)
        if self.abi() != ABI:
            raise TesseraError(f"{path} has interface {self.abi()}, but this package needs {ABI}")

    def _check(self, status: int, function: object, arguments: object) -> None:
        if status != 0:
            # The message is this thread's, and no other call of this thread came between.
            raise ERRORS.get(status, TesseraError)(self.message().decode())


library = Library(Path(os.environ.get("TESSERA_LIBRARY") or Path(__file__).with_name("libtessera.so")))
