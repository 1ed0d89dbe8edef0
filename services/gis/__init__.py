"""GIS: finds the grid, village, town and banner that a place belongs to."""
