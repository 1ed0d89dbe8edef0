"""Escalation: owns the deadlines; warns, and asks routing to move a case up when its time is over."""
