"""What may be asked about a team's settings for pairing."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from server.buddies.models import TeamBuddies, TeamBuddiesVersion
from server.buddies.rules.settings import BuddySettings, read_settings
from server.buddies.words import list_house_codes
from server.foundation.database import as_texts

MOST_VERSIONS = 50


def get_buddy_settings(team_id: UUID | str) -> BuddySettings:
    """Return a team's settings; the house's own where it has set none."""
    return list_buddy_settings([team_id])[str(team_id)]


def list_buddy_settings(team_ids: Iterable[object]) -> dict[str, BuddySettings]:
    """Return the settings of these teams by id, with one query."""
    ids = as_texts(team_ids)
    found = TeamBuddies.objects.filter(team_id__in=ids).values_list("team_id", "settings")
    known = {str(one): read_settings(given, list_house_codes()) for one, given in found}
    return {one: known.get(one) or BuddySettings() for one in ids}


def find_team_buddies(team_id: UUID | str) -> TeamBuddies | None:
    """Return what a team has agreed, None when it has agreed nothing of its own."""
    return TeamBuddies.objects.filter(team_id=team_id).first()


def list_versions(team_id: UUID | str) -> list[TeamBuddiesVersion]:
    """Return what a team has agreed over time, the newest first, MOST_VERSIONS at most."""
    return list(TeamBuddiesVersion.objects.filter(team_id=team_id).order_by("-version")[:MOST_VERSIONS])
