"""Why a ballot or a vote is refused; every message says what to do instead."""


class BallotError(Exception):
    """A ballot cannot be made, opened, changed or called off as asked."""


class VoteRefusedError(Exception):
    """A vote does not count; the message says why."""
