"""What the centre does in a week: meetings, working groups, news, tasks and reminders, one calendar, the coordinator's home."""
