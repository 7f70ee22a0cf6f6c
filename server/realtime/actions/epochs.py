"""Epochs and floors: what makes an old cursor invalid."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from server.realtime.models import DeviceLink, UserEvent, UserStream
from server.realtime.streams import make_epoch

_CHUNK = 1_000


def renew_epochs() -> int:
    """Give every log a new epoch and forget what devices acknowledged; return how many logs. After a restore."""
    renewed = 0
    ids = list(UserStream.objects.values_list("user_id", flat=True))
    for start in range(0, len(ids), _CHUNK):
        with transaction.atomic():
            streams = list(UserStream.objects.select_for_update().filter(user_id__in=ids[start : start + _CHUNK]))
            for stream in streams:
                stream.epoch = make_epoch()
            UserStream.objects.bulk_update(streams, ["epoch"])
            DeviceLink.objects.filter(user_id__in=[stream.user_id for stream in streams]).update(acked_pos=0)
            renewed += len(streams)
    return renewed


def prune_log(user_id: UUID | str, upto: int) -> int:
    """Delete one log's events up to a position and raise its floor; return how many. A cursor below it is `expired`.

    Locks: the stream.
    """
    with transaction.atomic():
        stream = UserStream.objects.select_for_update().get(user_id=user_id)
        floor = min(upto, stream.head)
        if floor <= stream.floor:
            return 0
        deleted, _ = UserEvent.objects.filter(user_id=user_id, pos__lte=floor).delete()
        UserStream.objects.filter(user_id=user_id).update(floor=floor)
    return deleted
