class NoVersionInForceError(Exception):
    """No version of the form is in force on the date of the event; the message says which are."""


class DefinitionElsewhereError(Exception):
    """The definition file describes another collaborative."""


class DraftClosedError(Exception):
    """The version is not open for changes; the message says what it is and what to do."""


class NameTakenError(Exception):
    """Two parts of one form, or two forms, would have one name."""


class OwnDraftError(Exception):
    """Whoever wrote a draft asks somebody else to publish it."""

    def __init__(self) -> None:
        super().__init__("You wrote on this draft. Ask another director or coordinator to read and publish it.")


class EffectiveDateError(Exception):
    """The first day of a version does not follow those before it."""


class MeasureNeededError(Exception):
    """Something else counts on the measure; the message says what, and what to do first."""


class ModelNeededError(Exception):
    """A measure in use is adjusted by the risk model; the message says which, and what to do first."""
