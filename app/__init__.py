"""Documents in, checked records out: reading, the engine, extraction, the store and the two faces."""
