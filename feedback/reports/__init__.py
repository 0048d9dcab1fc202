"""Reports of a release as files: prepared by a worker, kept, and given to whom they are about."""
