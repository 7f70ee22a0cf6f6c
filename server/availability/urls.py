"""The availability room's paths: below /api/v1/, and the one address of calendar feeds."""

from __future__ import annotations

from django.urls import path

from server.availability.api import calendar, desk, own, team

urlpatterns = [
    path("me/availability", own.HoursView.as_view()),
    path("me/availability/exceptions", own.ExceptionsView.as_view()),
    path("me/availability/exceptions/<uuid:exception_id>", own.ExceptionView.as_view()),
    path("me/availability/absences", own.AbsencesView.as_view()),
    path("me/availability/absences/<uuid:absence_id>", own.AbsenceView.as_view()),
    path("me/availability/preview", own.PreviewView.as_view()),
    path("me/availability/holidays", own.HolidaysView.as_view()),
    path("me/availability/caps", own.CapsView.as_view()),
    path("me/availability/calendar-import", calendar.ImportView.as_view()),
    path("me/pause", own.PauseView.as_view()),
    path("me/rest", own.RestView.as_view()),
    path("me/boundary-ledger", own.OwnLedgerView.as_view()),
    path("me/calendar-feed", calendar.FeedView.as_view()),
    path("people/<uuid:person_id>/reachability", team.ReachabilityView.as_view()),
    path("people/<uuid:person_id>/boundary-ledger", team.SignalsView.as_view()),
    path("team/hours", team.TeamHoursView.as_view()),
    path("team/hours/history", desk.TeamHoursHistoryView.as_view()),
    path("team/on-shift", desk.OnShiftView.as_view()),
    path("team/openings", desk.OpeningsView.as_view()),
    path("team/swaps", desk.TeamSwapsView.as_view()),
    path("insight/hours", desk.HoursFiguresView.as_view()),
    path("insight/hours.csv", desk.HoursFiguresFileView.as_view()),
    path("shifts", team.ShiftsView.as_view()),
    path("shifts/<uuid:shift_id>", team.ShiftView.as_view()),
    path("shifts/<uuid:shift_id>/assign", team.AssignView.as_view()),
    path("shifts/<uuid:shift_id>/swaps", team.ShiftSwapsView.as_view()),
    path("swaps", team.SwapsView.as_view()),
    path("swaps/<uuid:swap_id>/accept", team.AcceptSwapView.as_view()),
    path("swaps/<uuid:swap_id>/decline", team.DeclineSwapView.as_view()),
    path("swaps/<uuid:swap_id>/withdraw", team.WithdrawSwapView.as_view()),
    path("coverage", team.CoverageView.as_view()),
]
feed_urlpatterns = [path("calendar/<str:token>.ics", calendar.answer_feed, name="calendar-feed")]
