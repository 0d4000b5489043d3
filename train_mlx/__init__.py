"""The floor on which adapters are trained on this device with MLX. It may import `adapters` alone."""
