"""LoRA adapters as others write them, read and written without changing what a layer computes."""
