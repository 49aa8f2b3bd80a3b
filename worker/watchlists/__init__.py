"""Whom somebody asked to hear about: watchlists, their conditions, and how a notice is matched against
them. Pure: reading the files from disk is the wiring's work.
"""
