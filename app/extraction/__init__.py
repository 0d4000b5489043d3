"""From the windows' answers to one record: outcomes, merging."""
