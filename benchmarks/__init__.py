"""What the README's and the design's figures of speed come from: ratios within one run."""
