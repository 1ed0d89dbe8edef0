"""The virtual banner: people, reports and clocks that stand in for the real ones."""
