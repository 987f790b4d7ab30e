"""Provinces, cities and counties."""

from __future__ import annotations

import pandas as pd

from workbench.core import places


def _normal(*pairs: tuple[str | None, str | None]) -> list[tuple]:
    frame = pd.DataFrame(pairs, columns=["province", "city"], dtype=object)
    found = places.normalise(frame["province"], frame["city"])
    return [tuple(None if pd.isna(v) else v for v in row) for row in found.itertuples(index=False, name=None)]


def test_short_names_are_completed() -> None:
    """The short forms people write get their full names; unknown ones stay as written."""
    assert _normal(
        ("广东", "广州"),
        ("安徽省", "合肥"),
        ("内蒙古", "呼和浩特"),
        ("广西", "南宁"),
        ("吉林", "延边"),
        ("新疆", "石河子"),
        ("北京", "北京"),
        ("上海市", "市辖区"),
        ("某省", "某市"),
        ("安徽省", "广州市"),
        (None, None),
    ) == [
        ("广东省", "广州市", True, True),
        ("安徽省", "合肥市", True, True),
        ("内蒙古自治区", "呼和浩特市", True, True),
        ("广西壮族自治区", "南宁市", True, True),
        ("吉林省", "延边朝鲜族自治州", True, True),
        ("新疆维吾尔自治区", "石河子市", True, True),
        ("北京市", "北京市", True, True),
        ("上海市", "上海市", True, True),
        ("某省", "某市", False, False),
        ("安徽省", "广州市", True, False),
        (None, None, False, False),
    ]


def test_municipalities_are_their_own_city() -> None:
    """北京市 offers itself as city; its districts are accepted as cities of county level."""
    assert places.cities("北京市") == ["北京市"]
    assert "朝阳区" in places.counties("北京市", "北京市")
    assert _normal(("北京市", "朝阳区")) == [("北京市", "朝阳区", True, True)]


def test_levels_by_place() -> None:
    """A city is prefecture level; with a county, as a directly governed county or as a district it is county level."""
    rows = pd.DataFrame(
        [
            ("安徽省", "合肥市", None),
            ("安徽省", "合肥市", "肥东县"),
            ("湖北省", "仙桃市", None),
            ("北京市", "北京市", None),
            ("北京市", "朝阳区", None),
            ("某省", "某市", None),
        ],
        columns=["province", "city", "county"],
        dtype=object,
    )
    high, low = "地市级及以上", "县级及以下"
    assert places.level(rows["province"], rows["city"], rows["county"]).tolist() == [high, low, low, high, low, None]


def test_every_city_is_found_under_its_own_name() -> None:
    """No full name is shadowed by another one's short form."""
    pairs = [(province, city) for province in places.provinces() for city in places.cities(province)]
    assert len(pairs) > 300
    assert _normal(*pairs) == [(*pair, True, True) for pair in pairs]
