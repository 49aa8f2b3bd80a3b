"""A local EDGAR: what it announces, prints and keeps, whom it refuses, and how it fails."""
