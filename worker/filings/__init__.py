"""Filings and what they say: the Filing EDGAR announced, the Form144Notice it is read into, the figures
derived from it, and how an amendment differs. Pure: no network, disk, clock, environment or log.
"""
