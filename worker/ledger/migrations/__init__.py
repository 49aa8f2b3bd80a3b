"""Alembic's migrations of the ledger, from the first schema ever released to the newest."""
