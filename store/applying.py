"""Editors' words → one thread that has them applied, and how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from model import RollcallError


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`asked` words so far, of which `done` are in the persons and the tally."""

    asked: int
    done: int
    fault: str | None

    @property
    def waiting(self) -> bool:
        """Is a word not yet applied, and no fault in the way?"""
        return self.done < self.asked and self.fault is None


class Applier:
    """Runs `apply` (a resolution of what is new) after each word; several words at once in one run.

    The room may not import the pipeline: who starts it hands over what is to be run. Without
    `apply` the words wait for the service.
    """

    def __init__(self, apply: Callable[[], object] | None = None) -> None:
        self._apply = apply
        self._state = threading.Condition()
        self._asked = self._done = 0
        self._fault: str | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def here(self) -> bool:
        """Are words applied in this process?"""
        return self._apply is not None

    def ask(self) -> None:
        """A word was given: have it applied soon. Returns at once."""
        with self._state:
            self._asked += 1
            self._fault = None
            if self._apply is not None and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="applier", daemon=True)
                self._thread.start()
            self._state.notify_all()

    def progress(self) -> Progress:
        """How far it is."""
        with self._state:
            return Progress(asked=self._asked, done=self._done, fault=self._fault)

    def wait(self, timeout: float) -> Progress:
        """Wait until all is applied, a fault comes up, or `timeout` seconds have passed."""
        with self._state:
            if self.here:
                self._state.wait_for(lambda: self._done >= self._asked or self._fault, timeout)
        return self.progress()

    def close(self) -> None:
        """Apply what was asked for, then end the thread."""
        with self._state:
            self._closed = True
            self._state.notify_all()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _work(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._due() or self._closed)
                if not self._due():
                    return
                wanted = self._asked
            fault = self._run()
            with self._state:
                self._fault = fault
                self._done = self._done if fault else wanted
                self._state.notify_all()

    def _due(self) -> bool:
        return self._done < self._asked and self._fault is None

    def _run(self) -> str | None:
        try:
            if self._apply is not None:
                self._apply()
        except RollcallError as error:
            return str(error)
        return None
