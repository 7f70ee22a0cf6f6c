"""Tables of the buddies room. People, teams and conversations are plain ids: they belong to other rooms."""

from server.buddies.models.pairings import (
    Pairing,
    PairingBackup,
    PairingCover,
    PairingErrand,
    PairingKey,
    PairingSeat,
    PairingStep,
    PairingText,
    PairingWarmth,
)
from server.buddies.models.profiles import (
    BuddyKey,
    BuddyRequest,
    ExpertProfile,
    PersonFile,
    TeamBuddies,
    TeamBuddiesVersion,
    ValidityNotice,
    YouthProfile,
)

__all__ = [
    "BuddyKey",
    "BuddyRequest",
    "ExpertProfile",
    "Pairing",
    "PairingBackup",
    "PairingCover",
    "PairingErrand",
    "PairingKey",
    "PairingSeat",
    "PairingStep",
    "PairingText",
    "PairingWarmth",
    "PersonFile",
    "TeamBuddies",
    "TeamBuddiesVersion",
    "ValidityNotice",
    "YouthProfile",
]
