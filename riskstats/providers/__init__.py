"""Comparing hospitals: observed against expected events."""

from riskstats.providers.observed import ObservedExpected, observed_expected


__all__ = ["ObservedExpected", "observed_expected"]
