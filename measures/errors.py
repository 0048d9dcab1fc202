class NoVersionInForceError(Exception):
    """No version of the form is in force on the date of the event; the message says which are."""


class DefinitionElsewhereError(Exception):
    """The definition file describes another collaborative."""
