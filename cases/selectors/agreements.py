"""No cases of a hospital without its agreements (docs/agreements.md)."""

from cases.errors import EntryRefusedError
from collaboratives.agreements.selectors.standings import entry_refusal_words
from privacy.viewer import Viewer


WAY_OUT = ("agreements:agreement-list", "Go to Agreements")


def refuse_without_agreements(viewer: Viewer, form_id: int | None = None) -> EntryRefusedError | None:  # noqa: ARG001 -- one of settings.CASE_ENTRY_RULES
    """The rule that the core asks: why no cases of this hospital are entered today. The centre's files are asked by row."""
    if viewer.participation_id is None:
        return None
    words = entry_refusal_words(viewer.collaborative_id, viewer.participation_id)
    return EntryRefusedError(words, *WAY_OUT) if words else None


def require_agreements(viewer: Viewer) -> None:
    """Raise what the rule says; for what hospitals enter beside cases."""
    if refusal := refuse_without_agreements(viewer):
        raise refusal
