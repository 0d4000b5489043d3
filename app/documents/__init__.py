"""From a file to a Document. Knows nothing of models, fields or records."""
