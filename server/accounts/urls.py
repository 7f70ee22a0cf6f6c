"""Paths of the accounts room below /api/v1/."""

from __future__ import annotations

from django.urls import path

from server.accounts import api, desk_api, factor_api, people_api, proof_api

urlpatterns = [
    path("enrol", api.EnrolView.as_view()),
    path("enrol/staff", api.EnrolStaffView.as_view()),
    path("sessions", api.SessionsView.as_view()),
    path("sessions/current", api.CurrentSessionView.as_view()),
    path("sessions/current/step-up", proof_api.StepUpView.as_view()),
    path("sessions/current/step-up/passkey/options", proof_api.PasskeyStepUpOptionsView.as_view()),
    path("sessions/current/step-up/passkey", proof_api.PasskeyStepUpView.as_view()),
    path("sessions/passkey/options", proof_api.PasskeySignInOptionsView.as_view()),
    path("sessions/passkey", proof_api.PasskeySignInView.as_view()),
    path("recoveries", proof_api.RecoveriesView.as_view()),
    path("sessions/<uuid:session_id>", api.SessionView.as_view()),
    path("me", api.MeView.as_view()),
    path("me/password", api.PasswordView.as_view()),
    path("me/recovery-code", factor_api.RecoveryCodeView.as_view()),
    path("me/factors", factor_api.FactorsView.as_view()),
    path("me/factors/totp", factor_api.TotpView.as_view()),
    path("me/factors/totp/confirm", factor_api.ConfirmTotpView.as_view()),
    path("me/factors/passkeys", factor_api.PasskeysView.as_view()),
    path("me/factors/passkeys/options", factor_api.PasskeyOptionsView.as_view()),
    path("me/factors/recovery-codes", factor_api.RecoveryCodesView.as_view()),
    path("me/factors/<uuid:factor_id>", factor_api.FactorView.as_view()),
    path("realtime/tickets", api.TicketsView.as_view()),
    path("devices", api.DevicesView.as_view()),
    path("devices/current", api.CurrentDeviceView.as_view()),
    path("invitations", api.InvitationsView.as_view()),
    path("invitations/<uuid:invitation_id>", desk_api.InvitationView.as_view()),
    path("blocks/<uuid:person_id>", api.BlockView.as_view()),
    path("people", people_api.PeopleView.as_view()),
    path("people/<uuid:person_id>/suspension", api.SuspensionView.as_view()),
    path("people/<uuid:person_id>/sessions", desk_api.PersonSessionsView.as_view()),
    path("people/<uuid:person_id>/sessions/revoke", desk_api.RevokeSessionsView.as_view()),
    path("people/<uuid:person_id>/role", desk_api.RoleView.as_view()),
    path("people/<uuid:person_id>/factors/reset", desk_api.ResetFactorsView.as_view()),
]
