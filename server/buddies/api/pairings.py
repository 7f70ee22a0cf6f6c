"""Pairings over REST: propose, answer, pause, change, close. Parse, one access or action, shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import YOUTH
from server.buddies import pairing_requests as requests
from server.buddies import pairing_schemas as schemas
from server.buddies.actions.answers import accept_pairing, activate_pairing, decline_pairing, withdraw_pairing
from server.buddies.actions.closing import ask_again, close_pairing
from server.buddies.actions.handovers import change_buddy, choose_moves
from server.buddies.actions.leaving import Decision, leave_work, list_to_decide
from server.buddies.actions.pairings import Proposal, propose_pairing, set_backups
from server.buddies.actions.pausing import pause_pairing, resume_pairing
from server.buddies.actions.requests import open_missing_requests
from server.buddies.api.edge import read_caller, read_query_caller
from server.buddies.files import list_filled
from server.buddies.models import Pairing
from server.buddies.pairing_access import access_pairing
from server.buddies.pairing_errors import StateUnknown
from server.buddies.pairing_policies import PAIRING_ROLES, require_role
from server.buddies.pairing_shapes import show_own_request, show_pairing, show_request, show_steps
from server.buddies.pairings import list_pairings, list_steps, load_sheets
from server.buddies.states import PAIRING
from server.buddies.waiting import find_waiting_request
from server.foundation.clock import read_clock
from server.foundation.errors import NotFound
from server.foundation.rest import draw_schema, read_body, read_no_body


def draw_body(fields: Any) -> dict[str, Any]:
    """Return the OpenAPI request of a table."""
    return {"application/json": draw_schema(fields)}


def answer_pairing(pairing: Pairing, reader: PersonCard, status: int = 200) -> Response:
    """Return a pairing as the reader sees it."""
    return Response(show_pairing(load_sheets([pairing])[0], reader), status=status)


def read_people(names: list[str] | None) -> list[str]:
    """Return ids in lower case. Raises NotFound for what is no id: nobody has it."""
    try:
        return [str(UUID(one)) for one in names or ()]
    except ValueError:
        raise NotFound() from None


class PairingsView(APIView):
    """`/pairings`."""

    @extend_schema(
        operation_id="list_pairings",
        parameters=[OpenApiParameter("state", str)],
        responses={200: schemas.PAIRINGS},
    )
    def get(self, request: Request) -> Response:
        """Return the team's pairings to a coordinator, their own to the two, the newest first."""
        actor = read_query_caller(request, "state")
        require_role(actor, *PAIRING_ROLES)
        state = request.query_params.get("state") or None
        if state is not None and state not in PAIRING.states:
            raise StateUnknown()
        sheets = load_sheets(list_pairings(actor, state))
        return Response({"pairings": [show_pairing(one, actor) for one in sheets]})

    @extend_schema(
        operation_id="propose_pairing", request=draw_body(requests.PROPOSE), responses={201: schemas.PAIRING}
    )
    def post(self, request: Request) -> Response:
        """Propose a youth and an expert to each other."""
        actor = read_caller(request)
        given = read_body(request, requests.PROPOSE)
        first = [given["backup"]] if given["backup"] else []
        proposal = Proposal(
            youth_id=given["youth"],
            expert_id=given["expert"],
            backup_ids=[*first, *(one for one in read_people(given["backups"]) if one not in first)],
            kind=given["kind"] or "buddy",
            bridge_until=given["bridge_until"],
            override=given["override"] or (),
        )
        return answer_pairing(propose_pairing(actor=actor, proposal=proposal, now=read_clock()), actor, 201)


class PairingView(APIView):
    """`/pairings/{id}`."""

    @extend_schema(operation_id="get_pairing", responses={200: schemas.PAIRING_WITH_STEPS})
    def get(self, request: Request, pairing_id: UUID) -> Response:
        """Return a pairing with its steps."""
        actor = read_query_caller(request)
        pairing = access_pairing(actor, pairing_id)
        shown = show_pairing(load_sheets([pairing])[0], actor)
        return Response(shown | {"steps": show_steps(list_steps(pairing.id), actor)})


class PlainStep(APIView):
    """A step that takes no fields; the views below name its action."""

    take: ClassVar[Callable[..., Pairing]]

    def answer(self, request: Request, pairing_id: UUID) -> Response:
        """Take the step and return the pairing in its new state."""
        actor = read_caller(request)
        read_no_body(request)
        return answer_pairing(type(self).take(actor=actor, pairing_id=pairing_id, now=read_clock()), actor)


class AcceptView(PlainStep):
    """`/pairings/{id}/accept`."""

    take = staticmethod(accept_pairing)

    @extend_schema(operation_id="accept_pairing", request=None, responses={200: schemas.PAIRING})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Say yes: to meet, and after the trial to go on. The second yes takes the step."""
        return self.answer(request, pairing_id)


class ActivateView(PlainStep):
    """`/pairings/{id}/activate`."""

    take = staticmethod(activate_pairing)

    @extend_schema(operation_id="activate_pairing", request=None, responses={200: schemas.PAIRING})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Go on after the trial; a coordinator says it for both."""
        return self.answer(request, pairing_id)


class DeclineView(PlainStep):
    """`/pairings/{id}/decline`."""

    take = staticmethod(decline_pairing)

    @extend_schema(operation_id="decline_pairing", request=None, responses={200: schemas.PAIRING})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Say no; nobody asks why."""
        return self.answer(request, pairing_id)


class WithdrawView(PlainStep):
    """`/pairings/{id}/withdraw`."""

    take = staticmethod(withdraw_pairing)

    @extend_schema(operation_id="withdraw_pairing", request=None, responses={200: schemas.PAIRING})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Take a proposal back."""
        return self.answer(request, pairing_id)


class ResumeView(PlainStep):
    """`/pairings/{id}/resume`."""

    take = staticmethod(resume_pairing)

    @extend_schema(operation_id="resume_pairing", request=None, responses={200: schemas.PAIRING})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Go on after a pause, or after all."""
        return self.answer(request, pairing_id)


class PauseView(APIView):
    """`/pairings/{id}/pause`."""

    @extend_schema(operation_id="pause_pairing", request=draw_body(requests.PAUSE), responses={200: schemas.PAIRING})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Pause; a backup takes over."""
        actor = read_caller(request)
        until = read_body(request, requests.PAUSE)["until"]
        return answer_pairing(pause_pairing(actor=actor, pairing_id=pairing_id, until=until, now=read_clock()), actor)


class ChangeView(APIView):
    """`/pairings/{id}/change`."""

    @extend_schema(operation_id="change_buddy", request=draw_body(requests.CHANGE), responses={200: schemas.PAIRING})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Part, without a reason: somebody else is offered within one working day."""
        actor = read_caller(request)
        moves = read_body(request, requests.CHANGE)["moves"]
        return answer_pairing(change_buddy(actor=actor, pairing_id=pairing_id, moves=moves, now=read_clock()), actor)


class MovesView(APIView):
    """`/pairings/{id}/moves`."""

    @extend_schema(
        operation_id="choose_moves", request=draw_body(requests.CHOOSE_MOVES), responses={200: schemas.PAIRING}
    )
    def put(self, request: Request, pairing_id: UUID) -> Response:
        """Choose what moves along to the next buddy."""
        actor = read_caller(request)
        moves = read_body(request, requests.CHOOSE_MOVES)["moves"]
        return answer_pairing(choose_moves(actor=actor, pairing_id=pairing_id, moves=moves, now=read_clock()), actor)


class CloseView(APIView):
    """`/pairings/{id}/close`."""

    @extend_schema(operation_id="close_pairing", request=draw_body(requests.CLOSE), responses={200: schemas.PAIRING})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Begin the goodbye; a second time, end it."""
        actor = read_caller(request)
        words = read_body(request, requests.CLOSE)["words"]
        return answer_pairing(close_pairing(actor=actor, pairing_id=pairing_id, words=words, now=read_clock()), actor)


class BackupView(APIView):
    """`/pairings/{id}/backup`."""

    @extend_schema(
        operation_id="set_backups", request=draw_body(requests.SET_BACKUPS), responses={200: schemas.PAIRING}
    )
    def put(self, request: Request, pairing_id: UUID) -> Response:
        """Say who takes over while the expert is away, in order."""
        actor = read_caller(request)
        backups = read_people(read_body(request, requests.SET_BACKUPS)["backups"])
        pairing = set_backups(actor=actor, pairing_id=pairing_id, backup_ids=backups, now=read_clock())
        return answer_pairing(pairing, actor)


class LeavingView(APIView):
    """`/experts/{id}/leaving`."""

    @extend_schema(operation_id="list_leaving", responses={200: schemas.PAIRINGS})
    def get(self, request: Request, expert_id: UUID) -> Response:
        """Return the pairings that need a decision before an expert leaves."""
        actor = read_query_caller(request)
        sheets = load_sheets(list_to_decide(actor, expert_id))
        return Response({"pairings": [show_pairing(one, actor) for one in sheets]})


class LeaveView(APIView):
    """`/experts/{id}/leave`."""

    @extend_schema(operation_id="leave_work", request=draw_body(requests.LEAVE), responses={200: schemas.PAIRINGS})
    def post(self, request: Request, expert_id: UUID) -> Response:
        """End an expert's work, with a decision for each pairing: all of it or nothing."""
        actor = read_caller(request)
        given = read_body(request, requests.LEAVE)["decisions"]
        decisions = [Decision(one["pairing"], one["decision"], one["to"]) for one in given]
        moved = leave_work(actor=actor, expert_id=expert_id, decisions=decisions, now=read_clock())
        return Response({"pairings": [show_pairing(one, actor) for one in load_sheets(moved)]})


class OwnRequestView(APIView):
    """`/me/buddy-request`."""

    @extend_schema(operation_id="get_buddy_request", responses={200: schemas.OWN_REQUEST})
    def get(self, request: Request) -> Response:
        """Return the youth's own place on the waiting list, and whether the intake was filled in.

        Who has just come in is on the list at once.
        """
        actor, now = read_query_caller(request), read_clock()
        require_role(actor, YOUTH)
        open_missing_requests(team_id=actor.team_id, youth_ids=[actor.id], now=now)
        return Response(show_own_request(find_waiting_request(actor.id), bool(list_filled([actor.id]))))

    @extend_schema(operation_id="ask_again", request=None, responses={200: schemas.REQUEST})
    def post(self, request: Request) -> Response:
        """Ask for a buddy, for the first time or again."""
        actor = read_caller(request)
        read_no_body(request)
        require_role(actor, YOUTH)
        return Response(show_request(ask_again(actor=actor, now=read_clock())))
