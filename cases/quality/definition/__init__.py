"""What the figures and the rules mean, as plain values: nothing here knows Django, numpy or scipy."""
