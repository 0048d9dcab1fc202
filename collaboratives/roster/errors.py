class RosterError(Exception):
    """The step was not taken; the message says why and what to do."""
