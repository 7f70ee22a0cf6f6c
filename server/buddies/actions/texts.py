"""What is written about a pairing, sealed with the pairing's own key. The caller holds the pairing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.accounts.queries import PersonCard
from server.buddies.models import Pairing, PairingText
from server.buddies.pairing_errors import WordsEmpty, WordsTooLong
from server.buddies.pairing_keys import PAIRING_KEYS, place_text
from server.foundation.ids import make_id

MOST_CHARACTERS: Final = 4000


def write_text(
    pairing: Pairing, kind: str, actor: PersonCard, words: str, *, replace: bool = False, now: datetime
) -> PairingText:
    """Seal and store words. With `replace` there is one of its kind: it gets a new revision, its approval is void.

    Raises WordsEmpty, WordsTooLong.
    """
    return store_text(pairing, kind, actor, {"words": require_words(words)}, replace=replace, now=now)


def store_text(
    pairing: Pairing, kind: str, actor: PersonCard, value: dict[str, Any], *, replace: bool = False, now: datetime
) -> PairingText:
    """Seal and store a JSON value; `replace` as above, for closing answers one of each author."""
    before = _find_before(pairing, kind, actor) if replace else None
    text = PairingText(
        id=before.id if before else make_id(),
        pairing=pairing,
        kind=kind,
        author_id=UUID(actor.id),
        revision=before.revision + 1 if before else 1,
        written_at=now,
    )
    text.sealed = PAIRING_KEYS.seal_json(_get_key(pairing, now), value, place_text(text))
    text.save(force_insert=before is None, force_update=before is not None)
    return text


def require_words(words: str, most: int = MOST_CHARACTERS) -> str:
    """Return the words without the space around them. Raises WordsEmpty, WordsTooLong."""
    stripped = words.strip()
    if not stripped:
        raise WordsEmpty()
    if len(stripped) > most:
        raise WordsTooLong(f"at most {most} characters")
    return stripped


def _find_before(pairing: Pairing, kind: str, actor: PersonCard) -> PairingText | None:
    found = PairingText.objects.filter(pairing=pairing, kind=kind)
    return (found.filter(author_id=actor.id) if kind == "closing" else found).first()


def _get_key(pairing: Pairing, now: datetime) -> UUID:
    if pairing.key_id is not None:
        return pairing.key_id
    key = PAIRING_KEYS.make(now=now)[0]
    Pairing.objects.filter(id=pairing.id).update(key=key)
    pairing.key = key
    return key.id
