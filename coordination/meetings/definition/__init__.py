"""Rules of meetings as plain functions: dates of a series, agenda times, check-in codes, calendar entries."""
