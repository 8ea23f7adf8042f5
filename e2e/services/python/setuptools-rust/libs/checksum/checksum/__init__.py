from checksum._native import fletcher

__all__ = ["fletcher"]
