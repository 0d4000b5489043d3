"""The SQLite database: documents, runs, records, corrections."""
