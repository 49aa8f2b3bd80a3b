"""What the demo plays: some twenty filings of one busy hour at a local EDGAR. The first is real; the
companies and people of the others are made up.
"""
