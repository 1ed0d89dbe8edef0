"""How Yiwang is run: on one machine (`local`) and on a cluster (`k8s`)."""
