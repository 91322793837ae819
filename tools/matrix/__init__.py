"""Covers every combination of the options: renders, checks, compares with copier, runs suites, reports."""
