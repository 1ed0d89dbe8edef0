"""One machine's run: real engines, the services and the people's end, under a small supervisor."""
