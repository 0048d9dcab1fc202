"""Limits that pages and services share."""

MOST_DAYS_AFTER = 730  # from the end of a cycle to its lock date
LONGEST_REASON = 500
