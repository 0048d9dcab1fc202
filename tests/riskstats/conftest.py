"""Properties of numbers are checked however long a busy machine takes for one example."""

from hypothesis import HealthCheck, Phase, settings


# Of the whole suite: how busy the machine is says nothing about the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# One failure kills a mutant: the same examples for each, and none made smaller afterwards.
settings.register_profile(
    "mutants", deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate], max_examples=50
)
settings.load_profile("unhurried")
