"""The operator's command line: the one place that may see every service."""
