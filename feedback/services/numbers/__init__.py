"""From the frozen slices of a measure to every number of a release. Only workers import this; pages read what it wrote."""
