"""Every route. Inside a collaborative the path begins with its name, /c/<collaborative>/…, and the viewer is resolved."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from cases.api.urls import case_urls
from collaboratives.urls import invitation_urls
from config.views import api, demo, errors, health, home, notices, places
from coordination.meetings.urls import feed_urls, reply_urls
from feedback.reports.api import result_urls
from measures.api import dictionary_urls


collaborative_urls: list[URLPattern | URLResolver] = [
    path("", home.home_collaborative, name="home-collaborative"),
    path("", include("coordination.week.urls")),
    path("", include("coordination.groups.urls")),
    path("", include("coordination.news.urls")),
    path("", include("coordination.meetings.urls")),
    path("", include("collaboratives.roster.urls")),
    path("", include("collaboratives.ballots.urls")),
    path("", include("collaboratives.agreements.urls")),
    path("", include("collaboratives.documents.urls")),
    path("", include("collaboratives.notifications.urls")),
    path("", include("collaboratives.urls")),
    path("", include("measures.urls")),
    path("", include("cases.quality.urls")),
    path("", include("cases.audits.urls")),
    path("", include("cases.training.urls")),
    path("", include("cases.log.urls")),
    path("", include("cases.questions.urls")),
    path("", include("cases.urls")),
    path("", include("feedback.reports.urls")),
    path("", include("feedback.reviews.urls")),
    path("", include("feedback.urls")),
]

# Programs: the key says for whom they act, so no collaborative stands in the address.
api_urls: list[URLPattern | URLResolver] = [
    path("schema/", api.schema, name="schema"),
    path("cases/", include(case_urls)),
    path("dictionary/", include(dictionary_urls)),
    path("releases/", include(result_urls)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("place/", places.place_switch, name="place-switch"),
    path("invite/", include(invitation_urls)),
    path(
        "accounts/email/", errors.not_offered, name="address-not-offered"
    ),  # an address is proved by an invitation, not changed by its owner
    path("meeting-replies/", include(reply_urls)),
    path("calendars/", include(feed_urls)),
    path("accounts/notices/", notices.notices, name="notices"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("api/docs/", api.docs, name="api-docs"),
    path("api/v1/", include((api_urls, "api"))),
    path("c/<slug:collaborative_slug>/", include(collaborative_urls)),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/", demo.demo_sign_in, name="demo-sign-in"),
        path("demo/accounts.json", demo.demo_accounts, name="demo-accounts"),
        path("demo/inbox/", demo.demo_inbox, name="demo-inbox"),
        path("demo/inbox/<str:file>/<int:number>/", demo.demo_letter, name="demo-letter"),
        path("ui/", include("ui.urls")),
    ]

handler400 = "config.views.errors.bad_request"
handler403 = "config.views.errors.permission_denied"
handler404 = "config.views.errors.not_found"
handler500 = "config.views.errors.server_error"
