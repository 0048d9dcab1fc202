class SupervisorError(Exception):
    """Something a person can put right; the message says what and how."""


class DataFolderHeldError(SupervisorError):
    """Another supervisor works in this data folder."""


class StopAsked(Exception):  # noqa: N818  not an error: someone pressed Ctrl-C
    """A signal asked us to stop while something was starting."""
