"""Alerts people about what happened to a case: once for each event, recipient and channel."""
