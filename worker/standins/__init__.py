"""Local servers that behave as EDGAR, Slack and a mail server do, and misbehave on demand. The demo,
the tests and the benchmarks run the real code against them.
"""
