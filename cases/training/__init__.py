"""Modules, test cases that never mix with real ones, an exam with a threshold, certificates."""
