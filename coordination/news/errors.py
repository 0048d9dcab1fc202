from uuid import UUID


class NewsError(Exception):
    """The step was not taken; the message says why and what to do."""


class NoDraftError(NewsError):
    """Somebody sent or discarded the draft meanwhile; `public_id` is what was sent, or nothing."""

    def __init__(self, message: str, public_id: UUID | None = None) -> None:
        self.public_id = public_id
        super().__init__(message)
