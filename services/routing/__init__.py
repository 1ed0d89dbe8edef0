"""Routing: owns the case, gives it to a unit, and alone writes its state."""
