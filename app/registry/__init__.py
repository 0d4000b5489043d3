"""The adapters of a user and those that ship: which there are, which fit, which is live."""
