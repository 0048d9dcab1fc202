"""What waits for somebody, what happens when, and one reminder a day at most: put together from every application."""
