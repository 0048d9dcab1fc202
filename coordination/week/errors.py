class EscalationRuleError(Exception):
    """A rule that cannot hold; the message says what to change."""
