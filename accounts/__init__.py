"""People who sign in: the user, closed sign-up, sessions. What they may do is decided by grants in `collaboratives`."""
