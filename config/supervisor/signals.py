"""Signals are noted, not obeyed half-way through something: the main loop asks for them."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Self

from config.supervisor.errors import StopAsked


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Counts requests to stop and wakes the main loop when one arrives or a child ends."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __enter__(self) -> Self:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._previous_wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._previous = {number: signal.signal(number, self._note) for number in (*STOPPING, signal.SIGCHLD)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._previous_wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  the frame is part of the protocol
        if number in STOPPING:
            self.asked.append(number)

    def wait(self, seconds: float) -> None:
        """Sleep, but wake for any signal."""
        ready, _, _ = select.select([self._reader], [], [], seconds)
        if ready:
            os.read(self._reader, 512)

    def wait_or_stop(self, seconds: float) -> None:
        self.wait(seconds)
        if self.asked:
            raise StopAsked
