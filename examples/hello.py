"""Greets, and shows a little of the language."""

from dataclasses import dataclass


@dataclass
class Snake:
    name: str
    length: float

    def __str__(self):
        return f"{self.name}, {self.length:.1f} m"


def longest(snakes):
    match sorted(snakes, key=lambda s: s.length, reverse=True):
        case [first, *_]:
            return first
        case []:
            return None


if __name__ == "__main__":
    snakes = [Snake("inland taipan", 2.5), Snake("coastal taipan", 2.9), Snake("Papuan taipan", 2.0)]
    print("Hello from", longest(snakes))
