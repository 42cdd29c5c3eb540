"""Readings → stories: copies, stories, claims, origins, disputes and figures over time.

Everything here is a pure function of what was filed and what people decided: no
store, no clock, no network. The desk keeps what comes out.
"""
