"""Making teams."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from server.accounts.models import Team
from server.accounts.rules.names import clean_name
from server.foundation.ids import make_id


def create_team(*, name: str, zone: str = "Europe/Amsterdam", now: datetime) -> Team:
    """Make a team. Its slug is its name, made unique where another team has it already.

    Raises BadRequest on an odd name, ZoneInfoNotFoundError on a zone that the IANA list does not know.
    """
    name, team_id = clean_name(name, field="name"), make_id()
    slug = slugify(name)[:60] or "team"
    if Team.objects.filter(slug=slug).exists():
        slug = f"{slug}-{team_id.hex[-8:]}"
    return Team.objects.create(id=team_id, name=name, slug=slug, zone=ZoneInfo(zone).key, created_at=now)
