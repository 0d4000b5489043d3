"""What training and use must agree on, said once: packs, fields, prompt, tokens, answer, format.

Knows no torch and no screen, and MLX in `mlx_base` alone.
"""
