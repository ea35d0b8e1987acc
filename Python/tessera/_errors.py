"""What goes wrong, each as one sentence that names the thing, the fact and what was expected."""


class TesseraError(Exception):
    """Any error of this package."""


class ArgumentError(TesseraError, ValueError):
    """An array has another shape or type than the call takes, or a number is outside its range."""


class ModelError(TesseraError):
    """There is no such model, or a file of it is missing or damaged."""


class TokenError(TesseraError, ValueError):
    """A token is outside the vocabulary of its slot."""


class PictureError(TesseraError, ValueError):
    """Bytes are not a picture that can be read."""


class StorageError(TesseraError):
    """A file cannot be written, or the system is out of what a call needs."""


class StoppedError(TesseraError):
    """A step function ended a call; what it raised is raised in its place."""
