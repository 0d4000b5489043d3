"""What training and use must agree on, said once: packs, fields, prompt, tokens, answer, format.

Knows no MLX, no torch and no screen.
"""
