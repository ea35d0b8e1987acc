"""Steps of long calls: told to a function of Python, and ended by what it raises or by Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ._errors import StoppedError
from ._library import Step

#: Told after each step of a call how many of how many are done.
StepFunction = Callable[[int, int], object]


class _Watch:
    """Tells a function of steps, and keeps what it raises until the call has come back from C."""

    def __init__(self, step: StepFunction | None):
        self.error: BaseException | None = None
        self._step = step
        self._handler: Callable[[int, FrameType | None], object] | None = None

    def tell(self, _context: int | None, step: int, count: int) -> int:
        """What C calls: 0 to go on, 1 to end."""
        if self.error is None and self._step is not None:
            try:
                self._step(step, count)
            except BaseException as error:
                self.error = error
        return 0 if self.error is None else 1

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """The handler of Ctrl-C: an exception inside of a callback would be lost, so it is kept."""
        try:
            if self._handler is not None:
                self._handler(number, frame)
        except BaseException as error:
            self.error = self.error or error

    @contextmanager
    def catching_interrupts(self) -> Iterator[None]:
        """Has Ctrl-C end the call at its next step, where Python runs handlers: in the main thread."""
        handler = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread() or not callable(handler):
            yield
            return
        self._handler = handler
        signal.signal(signal.SIGINT, self.interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, handler)


@contextmanager
def watched(step: StepFunction | None) -> Iterator[Callable[..., int]]:
    """The step function of one call in C, which raises afterwards what ended it."""
    watch = _Watch(step)
    function = Step(watch.tell)
    with watch.catching_interrupts():
        try:
            yield function
        except StoppedError:
            if watch.error is None:
                raise
    if watch.error is not None:
        raise watch.error
