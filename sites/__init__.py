"""Hospitals as organisations: name, profile, strata, health system. Whether they take part in a programme is elsewhere."""
