"""What a hospital does with its own numbers: reviewed, contested, discussed, aimed at."""
