"""What goes wrong with working groups, in sentences for people."""


class GroupError(Exception):
    """Nothing was changed; the message says why and what to do."""
