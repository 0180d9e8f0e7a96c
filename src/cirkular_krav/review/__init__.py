"""The review round trip: workbooks for people to fill in, and back into append-only decisions (design D10)."""
