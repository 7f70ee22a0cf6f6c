"""The case file and the meldcode file: what coordinators write down about a youth, each time with an audit entry.

Lock order: the case file → its rows → the audit's stream.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, get_team_zone
from server.audit.actions import record_entries
from server.audit.rules.entries import Entry
from server.availability.rules.reading import find_local_date
from server.availability.rules.wall_clock import find_instant
from server.foundation.errors import NotFound
from server.foundation.ids import make_id
from server.foundation.leases import do_due
from server.realtime.streams import EventDraft, append_events
from server.safety.file_access import access_case, access_youth
from server.safety.file_errors import CaseIncident, CorrectsUnknown, FollowUpDone, MeldcodeNotOpen
from server.safety.file_keys import place_case_text
from server.safety.keys import SAFETY_KEYS
from server.safety.models import CaseEntry, CaseFile, Escalation, MeldcodeFile, MeldcodeStep, SafetyKey
from server.safety.rules.cases import FOLLOW_UP, require_entry, require_text
from server.safety.rules.meldcode import LAST, StepDraft, require_step

FOLLOW_UP_DUE: Final = "case.follow_up_due"
# A follow-up is reminded of on its day and every day after it, at this time on the team's wall.
_REMIND: Final = time(9)
_DAY: Final = timedelta(days=1)


def open_case(*, actor: PersonCard, youth_id: UUID | str, now: datetime) -> tuple[CaseFile, bool]:
    """Return the file of a youth of the actor's team, made where there is none, and whether it is new.

    Raises Forbidden, NotFound. Records case.written when it is new.
    """
    youth = access_youth(actor, youth_id)
    with transaction.atomic():
        known = CaseFile.objects.select_for_update(no_key=True).filter(youth_id=youth.id).first()
        if known is not None:
            return known, False
        key = SAFETY_KEYS.make(now=now)[0]
        values = {"team_id": UUID(youth.team_id), "key": key, "opened_at": now, "opened_by": UUID(actor.id)}
        case, new = CaseFile.objects.get_or_create(youth_id=UUID(youth.id), defaults=values)
        if new:
            _record(actor, case, "case.written", case.id, now)
        else:
            SafetyKey.objects.filter(id=key.id).delete()  # a colleague's file is used
        return case, new


def add_entry(
    *,
    actor: PersonCard,
    case_id: UUID | str,
    kind: str,
    text: str,
    due_on: date | None = None,
    escalation_id: UUID | str | None = None,
    corrects_id: UUID | str | None = None,
    now: datetime,
) -> CaseEntry:
    """Write an entry into a file of the actor's team. A correction takes the place of an earlier entry of its kind.

    Raises Forbidden, NotFound, EntryKindUnknown, EntryEmpty, EntryTooLong, FollowUpDate, CaseIncident,
    CorrectsUnknown. Records case.written. Locks the file.
    """
    with transaction.atomic():
        case = access_case(actor, case_id, lock=True)
        zone = get_team_zone(case.team_id)
        written = require_entry(kind=kind, text=text, due_on=due_on, today=find_local_date(now, zone))
        _require_escalation(case, escalation_id)
        corrected = _find_corrected(case, corrects_id, kind)
        id_, number = make_id(), case.last_number + 1
        CaseFile.objects.filter(id=case.id).update(last_number=number)
        entry = CaseEntry.objects.create(
            id=id_,
            case=case,
            number=number,
            kind=kind,
            text=SAFETY_KEYS.seal_json(case.key_id, written, place_case_text(case.id, id_)),
            at=now,
            by_id=UUID(actor.id),
            escalation_id=UUID(str(escalation_id)) if escalation_id else None,
            corrects=corrected,
            due_on=due_on,
            remind_at=_find_reminder(due_on, zone) if due_on else None,
        )
        if corrected is not None:
            CaseEntry.objects.filter(id=corrected.id).update(remind_at=None)
        _record(actor, case, "case.written", case.id, now)
        return entry


def finish_follow_up(*, actor: PersonCard, case_id: UUID | str, entry_id: UUID | str, now: datetime) -> CaseEntry:
    """Write down that a follow-up was done; it is reminded of no more.

    Raises Forbidden, NotFound (also for an entry of another kind), FollowUpDone. Records case.written. Locks the file.
    """
    with transaction.atomic():
        case = access_case(actor, case_id, lock=True)
        entry = CaseEntry.objects.filter(case=case, id=entry_id, kind=FOLLOW_UP, corrected_by=None).first()
        if entry is None:
            raise NotFound()
        if entry.done_at is not None:
            raise FollowUpDone()
        entry.done_at, entry.done_by, entry.remind_at = now, UUID(actor.id), None
        entry.save(update_fields=("done_at", "done_by", "remind_at"))
        _record(actor, case, "case.written", case.id, now)
        return entry


def open_meldcode(*, actor: PersonCard, case_id: UUID | str, now: datetime) -> tuple[MeldcodeFile, bool]:
    """Return the meldcode file that is open in a case file, begun where there is none, and whether it is new.

    Raises Forbidden, NotFound. Records meldcode.written when it is new. Locks the case file.
    """
    with transaction.atomic():
        case = access_case(actor, case_id, lock=True)
        known = MeldcodeFile.objects.filter(case=case, closed_at=None).first()
        if known is not None:
            return known, False
        made = MeldcodeFile.objects.create(case=case, opened_at=now, opened_by=UUID(actor.id))
        _record(actor, case, "meldcode.written", made.id, now)
        return made, True


def take_meldcode_step(
    *, actor: PersonCard, case_id: UUID | str, draft: StepDraft, on: date | None = None, now: datetime
) -> MeldcodeStep:
    """Write a step into the open meldcode file of a case; the fifth closes it. The server reports nothing by itself.

    `on` is the day on which it was done, today without one. Raises Forbidden, NotFound, MeldcodeNotOpen, what
    `require_step` raises, EntryTooLong. Records meldcode.written. Locks the case file.
    """
    with transaction.atomic():
        case = access_case(actor, case_id, lock=True)
        file = MeldcodeFile.objects.filter(case=case, closed_at=None).first()
        if file is None:
            raise MeldcodeNotOpen()
        today = find_local_date(now, get_team_zone(case.team_id))
        taken = MeldcodeStep.objects.filter(file=file).values_list("number", flat=True)
        require_step(draft, taken=taken, on=on or today, today=today)
        if draft.reason.strip():
            require_text(draft.reason)
        step = _write_step(actor, case, file, draft, on or today, now)
        if draft.number == LAST:
            MeldcodeFile.objects.filter(id=file.id).update(closed_at=now)
        _record(actor, case, "meldcode.written", file.id, now)
        return step


def note_reading(*, actor: PersonCard, case: CaseFile, meldcode: MeldcodeFile | None = None, now: datetime) -> None:
    """Record that the actor reads a file, before anything of it is unsealed. Committed when it returns."""
    action, object_id = ("case.read", case.id) if meldcode is None else ("meldcode.read", meldcode.id)
    with transaction.atomic():
        _record(actor, case, action, object_id, now)


def remind_follow_up(*, now: datetime) -> bool:
    """Remind who wrote one follow-up that it is due, again every morning until it is done; False without one.

    Publishes case.follow_up_due. Locks the entry, then the stream.
    """
    followed = CaseEntry.objects.filter(due_on__isnull=False)
    return do_due(followed, "remind_at", partial(_remind, now=now), now=now)


def _remind(entry: CaseEntry, now: datetime) -> None:
    zone = get_team_zone(entry.case.team_id)
    CaseEntry.objects.filter(id=entry.id).update(remind_at=_find_reminder(find_local_date(now, zone) + _DAY, zone))
    refs = {"case": str(entry.case_id), "entry": str(entry.id), "due_on": str(entry.due_on)}
    append_events([EventDraft(str(entry.by_id), FOLLOW_UP_DUE, None, None, refs)], now=now)


def _write_step(
    actor: PersonCard, case: CaseFile, file: MeldcodeFile, draft: StepDraft, on: date, now: datetime
) -> MeldcodeStep:
    id_ = make_id()
    return MeldcodeStep.objects.create(
        id=id_,
        file=file,
        number=draft.number,
        outcome=draft.outcome,
        reason=SAFETY_KEYS.seal_json(case.key_id, draft.reason.strip(), place_case_text(case.id, id_)),
        with_role=draft.with_role or "",
        decision=draft.decision or "",
        on=on,
        at=now,
        by_id=UUID(actor.id),
    )


def _require_escalation(case: CaseFile, escalation_id: UUID | str | None) -> None:
    if escalation_id is None:
        return
    if not Escalation.objects.filter(id=escalation_id, youth_id=case.youth_id, team_id=case.team_id).exists():
        raise CaseIncident()


def _find_corrected(case: CaseFile, corrects_id: UUID | str | None, kind: str) -> CaseEntry | None:
    if corrects_id is None:
        return None
    found = CaseEntry.objects.filter(case=case, id=corrects_id, kind=kind, corrected_by=None, done_at=None).first()
    if found is None:
        raise CorrectsUnknown()
    return found


def _find_reminder(on: date, zone: str) -> datetime:
    return find_instant(datetime.combine(on, _REMIND), zone)


def _record(actor: PersonCard, case: CaseFile, action: str, object_id: UUID, now: datetime) -> None:
    entry = Entry(
        stream_id=case.team_id,
        action=action,
        actor_id=actor.id,
        actor_role=actor.role,
        subject_id=case.youth_id,
        object_id=object_id,
        session_id=actor.session_id,
        purpose="legal_duty" if action.startswith("meldcode.") else "support",
    )
    record_entries([entry], now=now)
