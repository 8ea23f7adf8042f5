"""Signals that a pilot gives."""


def blast(seconds: float) -> str:
    """One long blast means that a vessel leaves its berth."""
    return "-" if seconds >= 4 else "."
