class FileRefusedError(Exception):
    """The file is not kept; the message says why and what to send instead."""


class DocumentError(Exception):
    """The step was not taken; the message says why and what to do."""
