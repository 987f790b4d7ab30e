"""Provinces, cities and counties of the mainland, from the vendored division tables.

How the table's special cases are treated:

* 直辖市: the municipality itself is its only city (北京市 / 北京市); its districts are
  also accepted where a city is asked for, since many people write them there.
* 省直辖县级 (仙桃市, 石河子市 …): offered and accepted as cities of their province, but of county level.
* Short forms are completed (广东 → 广东省, 合肥 → 合肥市, 延边 → 延边朝鲜族自治州).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

DATA = Path(__file__).with_name("data")
PREFECTURE, COUNTY = "地市级及以上", "县级及以下"
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
_GROUPS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
_PEOPLES = "壮族|回族|维吾尔|藏族|羌族|彝族|苗族|土家族|侗族|布依族|朝鲜族|蒙古族|蒙古|哈萨克|柯尔克孜|白族|傣族|景颇族|傈僳族|哈尼族"
_KIND = re.compile(r"(?:自治[区州]|省|市|地区|盟)$")
_COUNTY_KIND = re.compile(r"(?:自治[县旗]|[区县市旗])$")
_ENDING = re.compile(rf"(?:(?:{_PEOPLES})*自治[区州]|省|市|地区|盟)$")


@dataclass(frozen=True)
class Places:
    """``cities``: province → its cities; ``counties``: (province, city) → its counties; ``alias`` → full names."""

    cities: dict[str, tuple[str, ...]]
    counties: dict[tuple[str, str], tuple[str, ...]]
    county_cities: frozenset[tuple[str, str]]
    province_alias: dict[str, str]
    city_alias: dict[tuple[str, str], str]


@lru_cache(maxsize=1)
def table() -> Places:
    """The division tables, read once."""
    provinces = pd.read_csv(DATA / "provinces.csv", dtype=str)
    cities = pd.read_csv(DATA / "cities.csv", dtype=str)
    areas = pd.read_csv(DATA / "areas.csv", dtype=str)
    province_of = dict(zip(provinces["code"], provinces["name"]))
    city_of = dict(zip(cities["code"], cities["name"]))
    cities_in: dict[str, list[str]] = {name: [] for name in province_of.values()}
    counties_in: dict[tuple[str, str], list[str]] = {}
    county_cities = set()
    for name in MUNICIPALITIES:
        cities_in[name].append(name)
    for name, province in zip(cities["name"], cities["provinceCode"]):
        if name not in _GROUPS:
            cities_in[province_of[province]].append(name)
    for name, city_code, province_code in zip(areas["name"], areas["cityCode"], areas["provinceCode"]):
        province, city = province_of[province_code], city_of[city_code]
        if province in MUNICIPALITIES:
            counties_in.setdefault((province, province), []).append(name)
        elif city in _GROUPS:
            cities_in[province].append(name)
            county_cities.add((province, name))
        else:
            counties_in.setdefault((province, city), []).append(name)
    aliases = _aliases(cities_in, counties_in)
    return Places(
        {name: tuple(names) for name, names in cities_in.items()},
        {key: tuple(names) for key, names in counties_in.items()},
        frozenset(county_cities),
        *aliases,
    )


def _aliases(
    cities: dict[str, list[str]], counties: dict[tuple[str, str], list[str]]
) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    province_alias: dict[str, str] = {}
    city_alias: dict[tuple[str, str], str] = {}
    for province, names in cities.items():
        province_alias |= {short: province for short in _shorts(province)}
        districts = counties.get((province, province), []) if province in MUNICIPALITIES else []
        for name in [*districts, *names]:
            city_alias |= {(province, short): name for short in _shorts(name)}
        for name in [*districts, *names]:
            city_alias[province, name] = name
        if province in MUNICIPALITIES:
            city_alias[province, "市辖区"] = province
    province_alias |= {name: name for name in cities}
    return province_alias, city_alias


def _shorts(name: str) -> set[str]:
    """The short forms of a name: without its kind of place, and without the peoples an autonomous one is named after."""
    return {rest for ending in (_ENDING, _KIND) if len(rest := ending.sub("", name)) >= 2}


@lru_cache(maxsize=1024)
def names_of(province: str, city: str) -> tuple[tuple[str, str], ...]:
    """How names of customers call their own province and city, longest first: pairs of word and rank (province or city)."""
    found = {name: "city" for name in (city, *_shorts(city)) if name}
    found |= {name: "province" for name in (province, *_shorts(province)) if name}
    return tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def provinces() -> list[str]:
    """All provinces in the order of their codes."""
    return list(table().cities)


def cities(province: str) -> list[str]:
    """Cities offered for a province; empty for an unknown one."""
    return list(table().cities.get(province, ()))


def counties(province: str, city: str) -> list[str]:
    """Districts and counties of a city; empty for an unknown one."""
    return list(table().counties.get((province, city), ()))


def normalise(province: pd.Series, city: pd.Series) -> pd.DataFrame:
    """Full names of provinces and cities: columns province, city, known_province, known_city.

    A name that is not in the table stays as written, with ``known_…`` False.
    """
    places = table()
    index: dict[tuple[Any, Any], int] = {}
    codes = [index.setdefault(pair, len(index)) for pair in zip(province.tolist(), city.tolist(), strict=True)]
    rows = []
    for pair in index:
        name, town = ("" if pd.isna(raw) else re.sub(r"\s", "", str(raw)) for raw in pair)
        full = places.province_alias.get(name)
        place = places.city_alias.get((full or "", town))
        rows.append((full or name or None, place or town or None, full is not None, place is not None))
    kinds = {"province": object, "city": object, "known_province": bool, "known_city": bool}
    columns = zip(kinds.items(), zip(*rows, strict=True) if rows else ((),) * len(kinds), strict=True)
    arrays = {key: np.array(values, dtype=kind)[codes] for (key, kind), values in columns}
    return pd.DataFrame({key: pd.Series(arrays[key], province.index, kind) for key, kind in kinds.items()})


def _bare_county(name: str) -> str:
    """A county's name without its kind, as people often write it."""
    plain = re.sub(r"\s", "", name)
    short = _COUNTY_KIND.sub("", plain)
    return short if len(short) >= 2 else plain


@lru_cache(maxsize=4096)
def _bare_counties(province: str, city: str) -> frozenset[str]:
    return frozenset(map(_bare_county, counties(province, city)))


def level(province: pd.Series, city: pd.Series, county: pd.Series) -> pd.Series:
    """Administrative level by place: 县级及以下 where one of the city's counties is given or the city is one itself, else
    地市级及以上.

    Expects full names of province and city. None where the city is unknown. A district named as the city of a 直辖市 is
    county level; a county that the table does not have under the city proves nothing.
    """
    places = table()

    def of(p: str, c: str, given: object) -> str | None:
        if (p, c) in places.county_cities or (p in MUNICIPALITIES and c in places.counties.get((p, p), ())):
            return COUNTY
        if c in places.cities.get(p, ()):
            return COUNTY if isinstance(given, str) and _bare_county(given) in _bare_counties(p, c) else PREFECTURE
        return None

    values = [of(p, c, g) for p, c, g in zip(province.tolist(), city.tolist(), county.tolist(), strict=True)]
    return pd.Series(values, index=province.index, dtype=object)
