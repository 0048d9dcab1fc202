"""Properties of numbers are checked however long a busy machine takes for one example."""

from hypothesis import settings


settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
