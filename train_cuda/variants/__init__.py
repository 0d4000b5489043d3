"""Other ways to train than LoRA, to compare it with: the same labels, loop and metrics.

The trainer itself knows nothing of them.
"""
