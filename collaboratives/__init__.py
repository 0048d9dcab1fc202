"""The programme: collaboratives, which hospitals take part, who holds which role, invitations."""
