"""Base models on this machine: the catalogue, pulling, converting, verifying."""
