"""Paths of the accounts room below /api/v1/."""

from __future__ import annotations

from django.urls import path

from server.accounts import api

urlpatterns = [
    path("enrol", api.EnrolView.as_view()),
    path("sessions", api.SessionsView.as_view()),
    path("sessions/current", api.CurrentSessionView.as_view()),
    path("sessions/<uuid:session_id>", api.SessionView.as_view()),
    path("me", api.MeView.as_view()),
    path("me/password", api.PasswordView.as_view()),
    path("realtime/tickets", api.TicketsView.as_view()),
    path("devices", api.DevicesView.as_view()),
    path("devices/current", api.CurrentDeviceView.as_view()),
    path("invitations", api.InvitationsView.as_view()),
    path("blocks/<uuid:person_id>", api.BlockView.as_view()),
    path("people/<uuid:person_id>/suspension", api.SuspensionView.as_view()),
]
