"""Intake: turns what departments and people send, each in its own shape, into one normal report."""
