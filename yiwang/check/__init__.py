"""The checker: reads all topics and all stores, and names what was lost, happened twice or was unlawful."""
