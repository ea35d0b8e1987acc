"""Pictures to discrete tokens and back, on CPUs.

    import numpy, tessera

    model = tessera.Model.load()                  # the model that comes with the package
    tokens = model.encode(pictures)               # uint8 [N, H, W, 3] to uint16 [N, h, w, K]
    pictures = model.decode(tokens)               # and back
    whole = model.inpaint(pictures, holes, seed=7)  # bool [N, H, W]: True is filled
    whole = tessera.fill(pictures, holes)         # with pixels of the same picture, no model
    large = model.restore(pictures, "sr4")        # uint8 [N, 4 H, 4 W, 3]
    drawn = model.generate(16)                    # uint8 [16, 128, 128, 3]
    tessera.tokenize("photos", "tokens")          # the shards that the command writes

The same picture has the same tokens for any number of threads, alone or in a batch, here and in the
command ``tessera``. Calls release the interpreter's lock, and threads may share a model. Long ones tell a
function of their steps; Ctrl-C, and what that function raises, ends them.

``tessera.parquet``, ``tessera.ray`` and ``tessera.spark`` tokenize columns of pictures.
"""

from ._errors import ArgumentError, ModelError, PictureError, StorageError, TesseraError, TokenError
from ._fill import fill
from ._model import Model
from ._tokenize import Tokenized, tokenize

__all__ = [
    "ArgumentError",
    "Model",
    "ModelError",
    "PictureError",
    "StorageError",
    "TesseraError",
    "TokenError",
    "Tokenized",
    "fill",
    "tokenize",
]
__version__ = "0.1.0"
