"""Limits of what people write, and of the files they add."""

from coordination.meetings.errors import MeetingError


LONGEST_TITLE = 120
LONGEST_WORDS = 500
LONGEST_MINUTES = 60_000
MOST_ITEMS = 40
MOST_FILES = 30
LARGEST_FILE = 15 * 1024 * 1024
# What a file begins with says what it is; its name and what the browser says do not count.
BEGINNINGS = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
    (b"PK\x03\x04", "application/zip", (".pptx", ".docx", ".xlsx", ".odp", ".odt", ".ods")),
)
TYPES = {
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
WELCOME = "PDF, slides, documents, sheets, PNG or JPEG"


def clean_line(text: str, what: str, longest: int = LONGEST_TITLE) -> str:
    """One line of words, neither empty nor too long."""
    line = " ".join(text.split())
    if not line:
        raise MeetingError(f"{what} is empty. Write it first.")
    return not_longer(line, what, longest)


def not_longer(text: str, what: str, longest: int) -> str:
    if len(text) > longest:
        raise MeetingError(f"{what} has {len(text):,} characters, and {longest:,} are allowed. Shorten it.")
    return text


def type_of(name: str, data: bytes) -> str:
    """The media type, by what the file begins with; its ending must agree."""
    if not data:
        raise MeetingError(f"{name} is empty.")
    if len(data) > LARGEST_FILE:
        raise MeetingError(f"{name} is larger than {LARGEST_FILE // 1024 // 1024} MB. Make it smaller, or give a link.")
    for beginning, media_type, endings in BEGINNINGS:
        if data.startswith(beginning):
            ending = next((each for each in endings if name.lower().endswith(each)), None)
            if ending:
                return TYPES.get(ending, media_type)
    raise MeetingError(f"{name} is none of: {WELCOME}. Save it as one of these, with its usual ending.")


def clean_link(text: str, what: str) -> str:
    """An address of the web, or nothing."""
    link = text.strip()
    if link and not link.lower().startswith(("https://", "http://")):
        raise MeetingError(f"{what} must begin with https://.")
    return not_longer(link, what, LONGEST_WORDS)
