"""Case files over REST: entries, follow-ups, the meldcode. Every read and write has its audit entry."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import list_voices
from server.availability.rules.reading import read_date
from server.foundation.clock import read_clock
from server.foundation.rest import draw_schema, read_body, read_no_body
from server.safety.actions.cases import add_entry, finish_follow_up, open_case, open_meldcode, take_meldcode_step
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.file_access import access_case, access_case_of
from server.safety.file_policies import require_keep_files
from server.safety.file_queries import list_templates, read_entries, read_meldcodes
from server.safety.file_requests import ADD_ENTRY, TAKE_STEP
from server.safety.file_schemas import (
    CASE,
    CASE_HEAD,
    ENTRIES,
    ENTRY_HEAD,
    MELDCODE_HEAD,
    MELDCODES,
    STEP_HEAD,
    TEMPLATES,
)
from server.safety.file_shapes import (
    show_case,
    show_entries,
    show_entry,
    show_meldcode,
    show_meldcodes,
    show_step,
)
from server.safety.rules.meldcode import StepDraft


class YouthCaseView(APIView):
    """`/youths/{id}/case`."""

    @extend_schema(operation_id="get_case", responses={200: CASE})
    def get(self, request: Request, youth_id: UUID) -> Response:
        """Return the file of a youth with all that is in it."""
        actor, now = read_query_caller(request), read_clock()
        case = access_case_of(actor, youth_id)
        entries, meldcodes = read_entries(actor, case, now=now), read_meldcodes(actor, case, now=now)
        return Response(show_case(case) | {"entries": show_entries(entries), "meldcodes": show_meldcodes(meldcodes)})

    @extend_schema(operation_id="open_case", request=None, responses={200: CASE_HEAD, 201: CASE_HEAD})
    def post(self, request: Request, youth_id: UUID) -> Response:
        """Begin the file of a youth: 201, or 200 with the one that is there."""
        actor = read_caller(request)
        read_no_body(request)
        case, new = open_case(actor=actor, youth_id=youth_id, now=read_clock())
        return Response(show_case(case), status=201 if new else 200)


class EntriesView(APIView):
    """`/cases/{id}/entries`."""

    @extend_schema(operation_id="list_entries", responses={200: ENTRIES})
    def get(self, request: Request, case_id: UUID) -> Response:
        """Return the entries of a file in their order."""
        actor = read_query_caller(request)
        case = access_case(actor, case_id)
        return Response({"entries": show_entries(read_entries(actor, case, now=read_clock()))})

    @extend_schema(
        operation_id="add_entry",
        request={"application/json": draw_schema(ADD_ENTRY)},
        responses={201: ENTRY_HEAD},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        """Write an entry; with `corrects` it takes the place of an earlier one, which stays readable."""
        actor, given = read_caller(request), read_body(request, ADD_ENTRY)
        entry = add_entry(
            actor=actor,
            case_id=case_id,
            kind=given["kind"],
            text=given["text"],
            due_on=_read_date(given["due_on"]),
            escalation_id=given["escalation"],
            corrects_id=given["corrects"],
            now=read_clock(),
        )
        return Response(show_entry(entry), status=201)


class FollowUpDoneView(APIView):
    """`/cases/{id}/follow-ups/{id}/done`."""

    @extend_schema(operation_id="finish_follow_up", request=None, responses={200: ENTRY_HEAD})
    def post(self, request: Request, case_id: UUID, entry_id: UUID) -> Response:
        """Write down that a follow-up was done."""
        actor = read_caller(request)
        read_no_body(request)
        return Response(show_entry(finish_follow_up(actor=actor, case_id=case_id, entry_id=entry_id, now=read_clock())))


class MeldcodeView(APIView):
    """`/cases/{id}/meldcode`."""

    @extend_schema(operation_id="list_meldcodes", responses={200: MELDCODES})
    def get(self, request: Request, case_id: UUID) -> Response:
        """Return the meldcode files of a case, the newest first."""
        actor = read_query_caller(request)
        case = access_case(actor, case_id)
        return Response({"meldcodes": show_meldcodes(read_meldcodes(actor, case, now=read_clock()))})

    @extend_schema(operation_id="open_meldcode", request=None, responses={200: MELDCODE_HEAD, 201: MELDCODE_HEAD})
    def post(self, request: Request, case_id: UUID) -> Response:
        """Begin a meldcode file: 201, or 200 with the one that is open."""
        actor = read_caller(request)
        read_no_body(request)
        file, new = open_meldcode(actor=actor, case_id=case_id, now=read_clock())
        return Response(show_meldcode(file), status=201 if new else 200)


class MeldcodeStepsView(APIView):
    """`/cases/{id}/meldcode/steps`."""

    @extend_schema(
        operation_id="take_meldcode_step",
        request={"application/json": draw_schema(TAKE_STEP)},
        responses={201: STEP_HEAD},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        """Write down that a step was done or skipped, and why. Nothing is reported by itself."""
        actor, given = read_caller(request), read_body(request, TAKE_STEP)
        draft = StepDraft(given["step"], given["outcome"], given["reason"] or "", given["with_role"], given["decision"])
        on = _read_date(given["on"])
        step = take_meldcode_step(actor=actor, case_id=case_id, draft=draft, on=on, now=read_clock())
        return Response(show_step(step), status=201)


class TemplatesView(APIView):
    """`/case-templates`."""

    @extend_schema(operation_id="list_case_templates", responses={200: TEMPLATES})
    def get(self, request: Request) -> Response:
        """Return headings and open questions that help to think; they fill nothing in."""
        actor = read_query_caller(request)
        require_keep_files(actor)
        return Response(list_templates(list_voices([actor.id])[actor.id].language))


def _read_date(text: str | None) -> date | None:
    return read_date(text) if text is not None else None
