"""The chat room's paths below /api/v1."""

from django.urls import path

from server.chat import api, desk_api, duty_api

urlpatterns = [
    path("snapshot", api.SnapshotView.as_view()),
    path("conversations", api.ConversationsView.as_view()),
    path("conversations/<uuid:conversation_id>/messages", api.MessagesView.as_view()),
    path("conversations/<uuid:conversation_id>/messages/<uuid:message_id>", api.WithdrawView.as_view()),
    path("conversations/<uuid:conversation_id>/read", api.ReadView.as_view()),
    path("me/extension", api.ExtensionView.as_view()),
    path("duty-requests", duty_api.DutyRequestsView.as_view()),
    path("duty-requests/current", duty_api.OwnDutyRequestView.as_view()),
    path("duty-requests/<uuid:request_id>/claim", duty_api.ClaimDutyView.as_view()),
    path("team/talks", desk_api.TalksView.as_view()),
    path("insight/contacts", desk_api.ContactFiguresView.as_view()),
    path("insight/contacts.csv", desk_api.ContactFiguresFileView.as_view()),
    path("insight/waiting", desk_api.WaitingFiguresView.as_view()),
    path("insight/waiting.csv", desk_api.WaitingFiguresFileView.as_view()),
]
