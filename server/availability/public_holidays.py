"""The only door to `holidays`: the public holidays of a country, and of a part of it. Known without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

import holidays

from server.availability.errors import CountryUnknown

_YEARS_KEPT = 256
_COUNTRY = "NL"  # whose public holidays are no working days: the field of DOMAIN.md


def require_country(country: str, subdivision: str) -> None:
    """Raise CountryUnknown unless holidays are known for this country (ISO 3166) and this part of it ("": all)."""
    parts = _list_countries().get(country) if len(country) == 2 else None
    if parts is None or (subdivision and subdivision not in parts):
        raise CountryUnknown()


def list_holidays(country: str, subdivision: str, years: Sequence[int]) -> frozenset[date]:
    """Return the dates of the public holidays in these years; none for no country."""
    if not country:
        return frozenset()
    return frozenset().union(*(_list_year(country, subdivision, year) for year in years))


def list_days_off(year: int) -> frozenset[date]:
    """Return the public holidays of the house's country in a year and the next: nobody works on them."""
    return list_holidays(_COUNTRY, "", [year, year + 1])


@lru_cache(maxsize=1)
def _list_countries() -> Mapping[str, list[str]]:
    return holidays.list_supported_countries()


@lru_cache(maxsize=_YEARS_KEPT)
def _list_year(country: str, subdivision: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
