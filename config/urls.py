"""Every route. Inside a collaborative the path begins with its name, /c/<collaborative>/…, and the viewer is resolved."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from collaboratives.urls import invitation_urls
from config.views import demo, errors, health, home, places


collaborative_urls: list[URLPattern | URLResolver] = [
    path("", home.home_collaborative, name="home-collaborative"),
    path("", include("collaboratives.urls")),
    path("", include("measures.urls")),
    path("", include("cases.questions.urls")),
    path("", include("cases.urls")),
    path("", include("feedback.urls")),
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
    path("accounts/", include("allauth.account.urls")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("c/<slug:collaborative_slug>/", include(collaborative_urls)),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/", demo.demo_sign_in, name="demo-sign-in"),
        path("demo/accounts.json", demo.demo_accounts, name="demo-accounts"),
        path("ui/", include("ui.urls")),
    ]

handler403 = "config.views.errors.permission_denied"
handler404 = "config.views.errors.not_found"
handler500 = "config.views.errors.server_error"
