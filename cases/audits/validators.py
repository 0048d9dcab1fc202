"""Limits that pages and services share."""

USUAL_NOTICE = 14  # days; DOMAIN 3.6
MOST_NOTICE = 90
USUAL_SAMPLE, MOST_SAMPLE = 16, 200
DAYS_TO_REVIEW = 14
LONGEST_REASON = 500
# A variable is flagged when more than this share of its compared fields disagrees (NSQIP; DOMAIN 3.6).
FLAGGED_ABOVE = 0.05
