"""The day and the time of day where the collaborative works."""

from collaboratives.selectors.clock import in_zone, today_of


__all__ = ["in_zone", "today_of"]
