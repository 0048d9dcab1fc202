"""What stands around every page of a signed-in person: where they are, where they can go, who else sees this."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class NavGroup:
    label: str
    items: tuple[NavItem, ...]


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The frame of base.html. `audience` completes the sentence "Shown to … only."."""

    collaborative_name: str
    collaborative_kind_line: str
    site_name: str | None
    role_line: str
    can_switch: bool
    home_url: str
    switch_url: str
    groups: tuple[NavGroup, ...]
    footer: str
    audience: str
    help_url: str
    contact_name: str
    contact_email: str
    user_name: str
    banner: str | None = None
    unread: int = 0
    account_url: str = ""
