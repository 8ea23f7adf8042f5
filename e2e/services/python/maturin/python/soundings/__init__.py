"""Depths of the harbour, measured in Rust."""

from soundings._depths import shallowest

__all__ = ["shallowest"]
