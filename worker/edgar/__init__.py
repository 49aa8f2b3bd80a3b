"""What touches the SEC: polite requests, the latest-filings feed, the indexes, search, hours, tickers."""
