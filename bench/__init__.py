"""Measurements: what the pipeline costs beside a floor and a peer, on the same engines and in the same run."""
