"""The person at Excel."""

from __future__ import annotations

from typing import Any

from workbench.interfaces.addin.callbacks import run_button


class Person:
    """The person at Excel: answers in order, and remembers what was asked and told."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.told, self.asked = list(answers), [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def show_progress(self, text: str, done: int = 0, total: int | None = None, final: bool = False) -> None:
        self.told.append(text)

    def cancelled(self) -> bool:
        return False

    def _answer(self, question: str) -> Any:
        self.asked.append(question)
        assert self.answers, f"nobody expected: {question}"
        return self.answers.pop(0)

    def message(self, text: str) -> None:
        self.told.append(text)

    def confirm(self, question: str) -> bool:
        return self._answer(question)

    def choose(self, question: str, answers: list[str]) -> int | None:
        return self._answer(question)

    def ask(self, question: str, default: str = "") -> str | None:
        answer = self._answer(question)
        return default if answer == "" else answer

    def secret(self, question: str) -> str | None:
        return self._answer(question)

    def file(self, question: str, default: str = "") -> str | None:
        return self._answer(question)

    def folder(self, question: str, default: str = "") -> str | None:
        return self._answer(question)


def press(button, book, *answers):
    """Press a button as a person who gives these answers; what was told."""
    person = Person(*answers)
    run_button(button, book, person)
    assert person.answers == []
    return person.told
