"""Rules of releases that know no database."""
