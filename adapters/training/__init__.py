"""What both trainers share: the run, the labels, the examples, the batches, the metrics, the state."""
