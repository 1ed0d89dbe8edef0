"""``yiwang dead``: dead letters listed, shown, mended, replayed and discarded; each of it recorded with who did it."""
