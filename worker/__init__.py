"""EDGAR announces filings; each filing is read into a notice; watchlists match notices; matches raise
alerts; notifiers deliver them; the ledger remembers every step.
"""
