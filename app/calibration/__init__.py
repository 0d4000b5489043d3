"""From a value's signals to a confidence that says how often such a value is right."""
