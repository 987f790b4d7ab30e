"""Patterns that are compiled when they are first asked."""

from __future__ import annotations

import copy
import re

import pytest

from workbench.core.patterns import Pattern


def test_it_answers_like_a_compiled_one(monkeypatch):
    """Nothing is compiled before the first question; the answers are those of ``re``."""
    compiled = []
    real = re.compile
    monkeypatch.setattr(re, "compile", lambda text: compiled.append(text) or real(text))
    pattern = Pattern(r"(\d+)\s*台")
    assert compiled == []
    assert pattern.fullmatch("12 台").group(1) == "12"
    assert pattern.fullmatch("12 辆") is None
    assert pattern.search("约 3台").span() == (2, 4)
    assert pattern.pattern == r"(\d+)\s*台"
    assert compiled == [r"(\d+)\s*台"] * 3


def test_a_bad_one_is_refused_where_it_is_asked():
    """A pattern that is none raises at the first question."""
    with pytest.raises(re.error):
        Pattern("(").match("x")


def test_it_can_be_copied():
    """A copy asks nothing of the pattern itself."""
    assert copy.copy(Pattern("a+")).fullmatch("aa")
