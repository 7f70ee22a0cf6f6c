"""What the life of a pairing refuses, each with its stable code. A refusal has changed nothing."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class IllegalTransition(WarmlijnError):
    """The state of the pairing does not allow this step; `detail` says which."""

    code, http_status, title = "pairing.illegal_transition", 409, "This step is not possible now"


class Oneself(WarmlijnError):
    """A pairing of somebody with themselves, or a backup who is the expert."""

    code, http_status, title = "pairing.oneself", 422, "Choose two different people"


class EndBeforeStart(WarmlijnError):
    """The bridge would end before today, or the pause before it begins."""

    code, http_status, title = "pairing.end_before_start", 422, "This would end before it begins"


class YouthTaken(WarmlijnError):
    """The youth has as many pairings as the team allows."""

    code, http_status, title = "pairing.youth_taken", 409, "This youth has a buddy already"


class PairingExists(WarmlijnError):
    """The two have a pairing that goes on."""

    code, http_status, title = "pairing.exists", 409, "These two are paired already"


class ExpertFull(WarmlijnError):
    """The expert has as many pairings as they take on."""

    code, http_status, title = "pairing.expert_full", 409, "This expert has no room now"


class NotTakingNew(WarmlijnError):
    """The expert takes no new contacts now, or is not let in at all."""

    code, http_status, title = "pairing.not_taking_new", 409, "This expert takes nobody new now"


class TrainingExpired(WarmlijnError):
    """The expert's training has run out, or was never recorded."""

    code, http_status, title = "pairing.training_expired", 409, "This expert's training is not valid"


class VogExpired(WarmlijnError):
    """The expert's certificate of conduct has run out, or was never recorded."""

    code, http_status, title = "pairing.vog_expired", 409, "This expert's certificate of conduct is not valid"


class PairBlocked(WarmlijnError):
    """One of the two has blocked the other."""

    code, http_status, title = "pairing.blocked", 409, "These two cannot be paired"


class Conflict(WarmlijnError):
    """The two share a past that keeps them apart: an institution, a place, a person."""

    code, http_status, title = "pairing.conflict", 409, "Something in their past keeps these two apart"


class HardRule(WarmlijnError):
    """Rules that a coordinator may waive speak against it; `rules` names them all."""

    code, http_status, title = "pairing.hard_rule", 409, "A rule speaks against this pairing"

    def __init__(self, rules: list[str]) -> None:
        super().__init__(extra={"rules": rules})


class RuleUnknown(WarmlijnError):
    """`override` names a rule that nobody may waive."""

    code, http_status, title = "pairing.rule_unknown", 422, "This rule cannot be waived"


class KindUnknown(WarmlijnError):
    """No such kind of contact."""

    code, http_status, title = "pairing.kind_unknown", 422, "This kind of contact is not known"


class StateUnknown(WarmlijnError):
    """No such state of a pairing."""

    code, http_status, title = "pairing.state_unknown", 422, "This state is not known"


class MovesUnknown(WarmlijnError):
    """What moves along is nothing, a note, or the history."""

    code, http_status, title = "pairing.moves_unknown", 422, "Choose nothing, a note or the history"


class TooManyBackups(WarmlijnError):
    """A pairing has five backups at most, and each once."""

    code, http_status, title = "pairing.too_many_backups", 422, "Too many backups"


class ItemUnknown(WarmlijnError):
    """The introduction talk has no such item."""

    code, http_status, title = "pairing.item_unknown", 422, "This item is not known"


class ScoreMalformed(WarmlijnError):
    """A score is for one of the five areas, each once, and from 1 to 10."""

    code, http_status, title = "pairing.score_malformed", 422, "This score does not fit"


class WordsTooLong(WarmlijnError):
    """The text is longer than its field takes; `detail` names the field and its bound."""

    code, http_status, title = "pairing.words_too_long", 422, "This text is too long"


class WordsEmpty(WarmlijnError):
    """There is nothing in the text."""

    code, http_status, title = "pairing.words_empty", 422, "There is no text"


class DaysOutOfBounds(WarmlijnError):
    """Silence is counted in 3 to 90 days."""

    code, http_status, title = "pairing.days_out_of_bounds", 422, "Choose 3 to 90 days"


class DecisionsNeeded(WarmlijnError):
    """Each pairing of an expert who leaves needs its decision first; `pairings` names those without."""

    code, http_status, title = "pairing.decisions_needed", 409, "Each pairing needs a decision first"

    def __init__(self, pairings: list[str]) -> None:
        super().__init__(extra={"pairings": pairings})


class DecisionUnknown(WarmlijnError):
    """A decision is change, close or handover_to (with `to`), for a pairing of this expert, once."""

    code, http_status, title = "pairing.decision_unknown", 422, "This decision does not fit"


class PairingChanged(WarmlijnError):
    """Somebody else changed the pairing at the same moment."""

    code, http_status, retry, title = "pairing.changed", 409, "same", "This pairing has just been changed"
