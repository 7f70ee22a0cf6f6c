"""What the calls of pairings refuse, beside what every call does."""

from __future__ import annotations

from typing import Final

from server.availability.errors import DateMalformed
from server.buddies import pairing_errors as pairing
from server.foundation.errors import Forbidden, NotFound, WarmlijnError
from server.foundation.sealing import SealBroken

Refusal = type[WarmlijnError]

_STEP: Final[tuple[Refusal, ...]] = (Forbidden, pairing.IllegalTransition, pairing.PairingChanged)
_WORDS: Final[tuple[Refusal, ...]] = (pairing.WordsEmpty, pairing.WordsTooLong)
# What speaks against somebody as a backup, and what against them as the buddy.
_BACKUP: Final[tuple[Refusal, ...]] = (
    pairing.Oneself,
    pairing.TooManyBackups,
    pairing.NotTakingNew,
    pairing.TrainingExpired,
    pairing.VogExpired,
    pairing.PairBlocked,
    pairing.Conflict,
    pairing.HardRule,
    SealBroken,
)
_FITS: Final[tuple[Refusal, ...]] = (*_BACKUP, pairing.YouthTaken, pairing.PairingExists, pairing.ExpertFull)

OF_PAIRINGS: Final[dict[str, tuple[Refusal, ...]]] = {
    "accept_pairing": (*_STEP, pairing.PairBlocked),
    "activate_pairing": (*_STEP, pairing.PairBlocked),
    "add_note": (Forbidden, *_WORDS),
    "answer_closing": (Forbidden, pairing.IllegalTransition, pairing.ScoreMalformed, *_WORDS, SealBroken),
    "approve_handover_note": (Forbidden, SealBroken),
    "ask_again": (Forbidden, pairing.YouthTaken),
    "get_buddy_request": (Forbidden,),
    "change_buddy": (*_STEP, pairing.MovesUnknown),
    "choose_moves": (Forbidden, pairing.IllegalTransition, pairing.MovesUnknown),
    "close_pairing": (*_STEP, *_WORDS),
    "decline_pairing": _STEP,
    "get_closing": (Forbidden, SealBroken),
    "get_handover_note": (Forbidden, SealBroken),
    "get_introduction": (),
    "get_pairing": (),
    "get_warmth": (Forbidden,),
    "keep_quiet": (Forbidden, DateMalformed),
    "leave_work": (Forbidden, pairing.DecisionsNeeded, pairing.DecisionUnknown, pairing.PairingChanged, *_FITS),
    "list_leaving": (Forbidden,),
    "list_notes": (Forbidden, SealBroken),
    "list_pairings": (Forbidden, pairing.StateUnknown),
    "pause_pairing": (*_STEP, DateMalformed, pairing.EndBeforeStart),
    "propose_pairing": (
        Forbidden,
        NotFound,
        *_FITS,
        pairing.KindUnknown,
        pairing.RuleUnknown,
        DateMalformed,
        pairing.EndBeforeStart,
    ),
    "resume_pairing": _STEP,
    "set_backups": (Forbidden, pairing.IllegalTransition, *_BACKUP),
    "set_silence_days": (Forbidden, pairing.DaysOutOfBounds),
    "tick_introduction": (Forbidden, pairing.IllegalTransition, pairing.ItemUnknown),
    "withdraw_pairing": _STEP,
    "write_handover_note": (Forbidden, pairing.IllegalTransition, *_WORDS),
}
