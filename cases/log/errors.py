class LogError(Exception):
    """Something about the log, its sample or its locks that the person can mend."""


class EmptyFrameError(LogError):
    def __init__(self) -> None:
        super().__init__("No eligible case is listed in this cycle, so there is nothing to draw. Upload the log first.")
