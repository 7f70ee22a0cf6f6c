"""What other rooms and our own edges may ask about people. Ids go in as UUID or text and come out as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BinaryField, DateTimeField, Field, ForeignKey, Model, UUIDField

from server.accounts.models import Device, Person, Session, Team
from server.accounts.rules.names import clean_email
from server.foundation.database import Answer, Pipeline, as_texts, open_pipeline
from server.foundation.errors import NotFound
from server.foundation.ids import hash_secret

M = TypeVar("M", bound=Model)

# Two questions in one statement: (live session, null) and (blocker, blocked); a third may travel with them.
_STANDING_SQL = (
    "SELECT FALSE, s.id, NULL FROM accounts_session s JOIN accounts_person p ON p.id = s.person_id "
    "WHERE s.id = ANY(%(sessions)s::uuid[]) AND s.ended_at IS NULL "
    "AND s.idle_expires_at > %(now)s::timestamptz AND p.suspended_at IS NULL "
    "UNION ALL "
    "SELECT FALSE, b.blocker_id, b.blocked_id FROM accounts_block b WHERE b.lifted_at IS NULL "
    "AND (b.blocker_id = ANY(%(people)s::uuid[]) OR b.blocked_id = ANY(%(people)s::uuid[]))"
)

_ENDED_SQL = (
    "SELECT id, end_reason FROM accounts_session WHERE ended_at >= %(since)s::timestamptz "
    "UNION ALL "
    "SELECT id, 'expired' FROM accounts_session WHERE ended_at IS NULL "
    "AND idle_expires_at > %(since)s::timestamptz AND idle_expires_at <= %(now)s::timestamptz"
)


class Standing:
    """Who may be heard, as it stood when it was asked. Reads its answer when first used."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def is_live(self, session_id: str | None) -> bool:
        """Say whether a session has neither ended nor run out and its person is not suspended.

        None stands for what the server itself made, which needs no session.
        """
        return session_id is None or (session_id, None) in self._rows

    def is_blocked(self, one: str, other: str) -> bool:
        """Say whether one of the two has blocked the other."""
        return (one, other) in self._rows or (other, one) in self._rows

    @cached_property
    def also(self) -> frozenset[tuple[str, str]]:
        """What the question that travelled with this one was answered."""
        return frozenset((first, second) for is_also, first, second in self._answer.rows() if is_also)

    @cached_property
    def _rows(self) -> frozenset[tuple[str, str | None]]:
        return frozenset((first, second) for is_also, first, second in self._answer.rows() if not is_also)


def ask_standing(
    pipeline: Pipeline,
    session_ids: Iterable[str | None],
    person_ids: Iterable[str],
    *,
    now: datetime,
    also: tuple[str, Mapping[str, Any]] | None = None,
) -> Standing:
    """Ask with one statement about sessions and about the blocks that these people placed or bear.

    Ask after locking the stream rows of these people: only then is nothing accepted after the commit that
    revoked. `also` is a question of the caller's own (`SELECT TRUE, an id, an id …` and its parameters), for which
    a statement of its own would cost more than the answer: `Standing.also` holds its pairs.
    """
    also_sql, also_params = also or ("", {})
    params = {
        "sessions": as_texts(one for one in session_ids if one is not None),
        "people": as_texts(person_ids),
        "now": now,
        **also_params,
    }
    sql = f"{_STANDING_SQL} UNION ALL {also_sql}" if also_sql else _STANDING_SQL
    return Standing(pipeline.ask(sql, params, "bool uuid uuid"))


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What other rooms show of a person, and know an actor by."""

    id: str
    display_name: str
    role: str
    team_id: str
    # Over which session they act, for the log; it says nothing about who they are.
    session_id: str | None = field(default=None, compare=False)


def list_cards(person_ids: Iterable[object]) -> dict[str, PersonCard]:
    """Return the cards of these people by id, with one query; who does not exist is left out."""
    found = Person.objects.filter(id__in=as_texts(person_ids)).values_list("id", "display_name", "role", "team_id")
    return {str(one): PersonCard(str(one), name, role, str(team)) for one, name, role, team in found}


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody is spoken to and of."""

    id: str
    display_name: str
    role: str
    language: str
    zone: str


def list_voices(person_ids: Iterable[object]) -> dict[str, Voice]:
    """Return the voices of these people by id, with one query; who does not exist is left out."""
    found = Person.objects.filter(id__in=as_texts(person_ids)).values_list(
        "id", "display_name", "role", "language", "zone"
    )
    return {str(one): Voice(str(one), name, role, language, zone) for one, name, role, language, zone in found}


def list_standing(roles: Sequence[str], team_id: UUID | str | None = None) -> list[PersonCard]:
    """Return who has one of these roles and is not suspended, by id: of one team, or without one of all."""
    found = Person.objects.filter(role__in=roles, suspended_at=None).order_by("id")
    found = found if team_id is None else found.filter(team_id=team_id)
    return [PersonCard(str(one.id), one.display_name, one.role, str(one.team_id)) for one in found]


def list_team_cards(team_name: str) -> list[PersonCard]:
    """Return the cards of a team's people by the team's name, in the order in which they came."""
    found = Person.objects.filter(team__name=team_name).order_by("created_at", "id")
    return [PersonCard(str(one.id), one.display_name, one.role, str(one.team_id)) for one in found]


def list_team_zones(person_ids: Iterable[object]) -> dict[str, str]:
    """Return the zone of each person's team by the person's id, with one query; who does not exist is left out."""
    found = Person.objects.filter(id__in=as_texts(person_ids)).values_list("id", "team__zone")
    return {str(one): zone for one, zone in found}


def get_team_zone(team_id: UUID | str) -> str:
    """Return a team's zone. Raises NotFound."""
    zone = Team.objects.filter(id=team_id).values_list("zone", flat=True).first()
    if zone is None:
        raise NotFound()
    return zone


def list_suspended(person_ids: Iterable[object]) -> set[str]:
    """Return who of these people is suspended."""
    found = Person.objects.filter(id__in=as_texts(person_ids), suspended_at__isnull=False)
    return {str(one) for one in found.values_list("id", flat=True)}


def list_with_device(person_ids: Iterable[object]) -> set[str]:
    """Return who of these people has a device that a call can reach: registered, and not signed out.

    Also over a session that ran out because nobody used it: a call wakes whoever sleeps.
    """
    registered = Device.objects.filter(person_id__in=as_texts(person_ids), session__ended_at=None)
    return {str(one) for one in registered.filter(person__suspended_at=None).values_list("person_id", flat=True)}


def get_person(person_id: UUID | str) -> Person:
    """Return a person with their team. Raises NotFound."""
    person = find_person(person_id)
    if person is None:
        raise NotFound()
    return person


def find_person(person_id: UUID | str) -> Person | None:
    """Return a person with their team, or None."""
    return Person.objects.select_related("team").filter(id=person_id).first()


def find_person_by_email(email: str) -> Person | None:
    """Return who signs in with this e-mail address, None when nobody does."""
    return Person.objects.filter(email=clean_email(email)).first()


def list_sessions(person_id: UUID | str, *, now: datetime) -> list[Session]:
    """Return a person's live sessions, the one last used first."""
    live = Session.objects.filter(person_id=person_id, ended_at=None, idle_expires_at__gt=now)
    return list(live.order_by("-last_used_at", "id"))


def access_own_session(person_id: UUID | str, session_id: UUID | str, *, now: datetime) -> Session:
    """Return a person's own live session. Raises NotFound for any other, ended, foreign or imagined."""
    live = Session.objects.filter(person_id=person_id, ended_at=None, idle_expires_at__gt=now)
    session = live.filter(id=session_id).first()
    if session is None:
        raise NotFound()
    return session


def find_live_session(token: str, *, now: datetime) -> Session | None:
    """Return the live session of a token, with its person, by one query; None for a dead or unknown one.

    Asked at every REST call, so it goes through a pipeline: prepared, and without composing the statement again.
    """
    with open_pipeline() as pipeline:
        answer = pipeline.ask(_live_session_sql(), {"hash": hash_secret(token), "now": now}, _live_session_kinds())
    for row in answer.rows():
        session = _make_instance(Session, row)
        session.person = _make_instance(Person, row[len(Session._meta.concrete_fields) :])
        return session
    return None


@cache
def _live_session_sql() -> str:
    columns = ", ".join(
        f"{table}.{field.column}" for table, model in (("s", Session), ("p", Person)) for field in _fields(model)
    )
    return (
        f"SELECT {columns} FROM accounts_session s JOIN accounts_person p ON p.id = s.person_id "  # noqa: S608  our own names
        "WHERE s.token_hash = %(hash)s::bytea AND s.ended_at IS NULL "
        "AND s.idle_expires_at > %(now)s::timestamptz AND p.suspended_at IS NULL"
    )


@cache
def _live_session_kinds() -> str:
    return " ".join(_find_kind(field) for model in (Session, Person) for field in _fields(model))


def _find_kind(field: Field[Any, Any]) -> str:
    kinds: dict[type[Any], str] = {DateTimeField: "time", BinaryField: "bytes"}
    return "uuid" if _is_id(field) else next((kind for of, kind in kinds.items() if isinstance(field, of)), "text")


def _is_id(field: object) -> bool:
    return isinstance(field, (UUIDField, ForeignKey))


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return list(model._meta.concrete_fields)


def _make_instance(model: type[M], row: Sequence[Any]) -> M:
    """Return an instance as the ORM would load it, from a row that begins with its concrete fields in their order."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    values = [
        UUID(value) if value is not None and _is_id(field) else value for field, value in zip(fields, row, strict=False)
    ]
    return model.from_db(DEFAULT_DB_ALIAS, names, values)


def list_ended_sessions(*, since: datetime, now: datetime) -> list[tuple[str, str]]:
    """Return (session id, reason) of sessions ended since then, and as `expired` those that ran out by now.

    An end becomes visible when its transaction commits, a moment after its `ended_at`: let successive calls
    overlap by more than a transaction may last.
    """
    with open_pipeline() as pipeline:
        answer = pipeline.ask(_ENDED_SQL, {"since": since, "now": now}, "uuid text")
    return [(session_id, reason) for session_id, reason in answer.rows()]
