"""What goes wrong with meetings, in sentences for people."""


class MeetingError(Exception):
    """Nothing was changed; the message says why and what to do."""


class OverlapError(MeetingError):
    """Another meeting is held at the same time; it may be meant so."""


class CheckInError(MeetingError):
    """Not checked in."""
