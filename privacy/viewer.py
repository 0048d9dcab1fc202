"""Who is looking: a value that travels from the request through selectors and services. Never a row."""

from dataclasses import dataclass

from privacy.roles import ROLE_PERMISSIONS, Capacity, Permission, Role


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """One person in one capacity in one collaborative and, for hospital staff, one hospital.

    `capacity` is None for a worker acting for nobody; such a viewer holds no permission and is not asked for one.
    `scopes` narrows what the roles allow: a program acts for somebody, but may do only what its key says.
    """

    user_id: int
    name: str
    capacity: Capacity | None
    collaborative_id: int
    collaborative_slug: str
    participation_id: int | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Permission] | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything that one of the viewer's roles allows, within the scopes."""
        allowed = frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in self.roles))
        return allowed if self.scopes is None else allowed & self.scopes

    def can(self, permission: Permission) -> bool:
        """Whether one of the viewer's roles allows it, within the scopes."""
        return permission in self.permissions


class PermissionRefusedError(Exception):
    """The viewer lacks a permission. An insider: the page answers 403 and says who can grant it."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(f"Your role does not allow you to {permission.sentence}.")


def require(viewer: Viewer, permission: Permission) -> None:
    """Raise `PermissionRefusedError` unless the viewer may; services ask this again for the row they change."""
    if not viewer.can(permission):
        raise PermissionRefusedError(permission)
