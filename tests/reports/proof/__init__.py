"""The proof-reader of numbers."""
