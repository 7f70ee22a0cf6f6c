"""The buddies room's paths below /api/v1."""

from __future__ import annotations

from django.urls import URLPattern, path

from server.buddies.api import desk, matching, pairing_words, pairings, profiles, waiting

urlpatterns: list[URLPattern] = [
    path("buddy-themes", profiles.ThemesView.as_view()),
    path("me/intake", profiles.OwnIntakeView.as_view()),
    path("me/profile", profiles.OwnProfileView.as_view()),
    path("experts/<uuid:expert_id>/leave", pairings.LeaveView.as_view()),
    path("experts/<uuid:expert_id>/leaving", pairings.LeavingView.as_view()),
    path("me/buddy-request", pairings.OwnRequestView.as_view()),
    path("pairings", pairings.PairingsView.as_view()),
    path("pairings/<uuid:pairing_id>", pairings.PairingView.as_view()),
    path("pairings/<uuid:pairing_id>/accept", pairings.AcceptView.as_view()),
    path("pairings/<uuid:pairing_id>/activate", pairings.ActivateView.as_view()),
    path("pairings/<uuid:pairing_id>/backup", pairings.BackupView.as_view()),
    path("pairings/<uuid:pairing_id>/change", pairings.ChangeView.as_view()),
    path("pairings/<uuid:pairing_id>/close", pairings.CloseView.as_view()),
    path("pairings/<uuid:pairing_id>/closing", pairing_words.ClosingView.as_view()),
    path("pairings/<uuid:pairing_id>/decline", pairings.DeclineView.as_view()),
    path("pairings/<uuid:pairing_id>/handover-note", pairing_words.HandoverNoteView.as_view()),
    path("pairings/<uuid:pairing_id>/handover-note/approve", pairing_words.ApproveNoteView.as_view()),
    path("pairings/<uuid:pairing_id>/introduction", pairing_words.IntroductionView.as_view()),
    path("pairings/<uuid:pairing_id>/moves", pairings.MovesView.as_view()),
    path("pairings/<uuid:pairing_id>/notes", pairing_words.NotesView.as_view()),
    path("pairings/<uuid:pairing_id>/pause", pairings.PauseView.as_view()),
    path("pairings/<uuid:pairing_id>/resume", pairings.ResumeView.as_view()),
    path("pairings/<uuid:pairing_id>/warmth", pairing_words.WarmthView.as_view()),
    path("pairings/<uuid:pairing_id>/warmth/quiet", pairing_words.QuietView.as_view()),
    path("pairings/<uuid:pairing_id>/withdraw", pairings.WithdrawView.as_view()),
    path("people/<uuid:person_id>/buddy-card", profiles.BuddyCardView.as_view()),
    path("people/<uuid:person_id>/buddy-profile", profiles.BuddyProfileView.as_view()),
    path("team/buddies", matching.TeamBuddiesView.as_view()),
    path("team/validity", desk.ValidityView.as_view()),
    path("team/warmth", desk.TeamWarmthView.as_view()),
    path("insight/buddies", desk.BuddyFiguresView.as_view()),
    path("insight/buddies.csv", desk.BuddyFiguresFileView.as_view()),
    path("waiting-list", waiting.WaitingListView.as_view()),
    path("waiting-list/assignment", waiting.AssignmentView.as_view()),
    path("waiting-list/<uuid:request_id>/withdraw", waiting.WithdrawRequestView.as_view()),
    path("youths/<uuid:youth_id>/candidates", matching.CandidatesView.as_view()),
]
