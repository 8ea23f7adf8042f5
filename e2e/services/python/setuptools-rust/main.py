"""Prints a manifest of the cargo, with what tells whether a line was altered."""

from checksum import fletcher
from tabulate import tabulate

CARGO = [("herring", 120), ("timber", 48), ("salt", 7)]


def main():
    rows = [(name, count, fletcher(f"{name}:{count}".encode())) for name, count in CARGO]
    print(tabulate(rows, headers=["cargo", "count", "sum"]))


if __name__ == "__main__":
    main()
