"""From the windows' answers to one record: spans, outcomes, merging."""
