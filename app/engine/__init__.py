"""The only place that knows MLX: prompts in, answers under a grammar out."""
