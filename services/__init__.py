"""Yiwang's services: each one a loop of its own around one pure decision."""
