"""From the operative log to the locked case: who is eligible, who is drawn, who is followed up, when a cycle closes."""
