"""Questions about the routing table: what another one would make of the decisions that stand."""
