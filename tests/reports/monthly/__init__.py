"""The monthly reach summary."""
