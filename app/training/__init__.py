"""Training from the app's side: labels → run → trainer's process → candidate. Knows no trainer's code."""
