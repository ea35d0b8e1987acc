"""Pictures to discrete tokens and back, on CPUs.

    import numpy, tessera

    model = tessera.Model.load()                  # the model that comes with the package
    tokens = model.encode(pictures)               # uint8 [N, H, W, 3] to uint16 [N, h, w, K]
    pictures = model.decode(tokens)               # and back
    whole = model.inpaint(pictures, holes, seed=7)  # bool [N, H, W]: True is filled

The same picture has the same tokens for any number of threads, alone or in a batch, here and in the
command ``tessera``. Calls release the interpreter's lock, and threads may share a model.

``tessera.parquet``, ``tessera.ray`` and ``tessera.spark`` tokenize columns of pictures.
"""

from ._errors import ArgumentError, ModelError, PictureError, TesseraError, TokenError
from ._model import Model

__all__ = ["ArgumentError", "Model", "ModelError", "PictureError", "TesseraError", "TokenError"]
__version__ = "0.1.0"
