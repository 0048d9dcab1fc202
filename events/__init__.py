"""What happened, who did it, and the work that follows: events (also the outbox), jobs, the access log."""
