from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


SECOND_FACTOR = "mfa_"  # as allauth names its ways to prove oneself by a second factor


class ClosedSignUpAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up: people are invited by the centre or by their hospital's administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth's signature
        return False

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- allauth's signature
        """Whoever has a second factor proves it again: a password, which others may have learned, is not enough."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [way for way in found if way["id"].startswith(SECOND_FACTOR)] or found
