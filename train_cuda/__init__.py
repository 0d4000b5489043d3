"""The floor on which adapters are trained with PyTorch and PEFT. It may import `thresher.adapters` alone."""
