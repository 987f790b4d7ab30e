"""What the YAML file of a regulation holds: its editions, parameters and readings."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

Raw = int | str | list[int] | list[str] | None


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class ParameterSpec(_Spec):
    """A number of the regulation as the YAML states it; ``ours``: one the program needs and the regulation does not set.

    ``choices``: the words it may consist of, where it consists of words; empty where any will do.
    """

    name: str
    clause: str
    title: str
    value: Raw
    unit: str
    source: str
    ours: bool = False
    choices: list[str] = []


class AlternativeSpec(_Spec):
    """Another value a reading may take, and what it means."""

    value: bool | int | str
    text: str


class FormerKeySpec(_Spec):
    """What a value kept under a key that is no longer there means for the reading that took its place."""

    key: str
    kept: bool | int | str
    value: bool | int | str


class ReadingSpec(_Spec):
    """How an open question is read (D1, D2 …), with its alternatives.

    ``before``: what held until the reading was added or corrected, for quarters approved earlier; it is not offered.
    ``formerly``: keys it took the place of, as such quarters kept them.
    """

    id: str
    clause: str
    question: str
    chosen: str
    key: str | None = None
    value: bool | int | str | None = None
    alternatives: list[AlternativeSpec] = []
    before: AlternativeSpec | None = None
    formerly: list[FormerKeySpec] = []


class EditionSpec(_Spec):
    """An edition of the regulation, in force from a day on."""

    edition: int
    since: date = Field(alias="from")
    source: str = ""
    parameters: dict[str, Raw] = {}
    readings: dict[str, bool | int | str] = {}


class RegulationSpec(_Spec):
    """The whole file."""

    document: str
    editions: list[EditionSpec]
    parameters: list[ParameterSpec]
    readings: list[ReadingSpec]
