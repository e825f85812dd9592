"""The documents: figures and words gathered once, then written as Markdown or HTML."""
