"""The virtual banner run to its end on real engines: the driver, its account of every report, and what it shows."""
