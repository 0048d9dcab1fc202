"""Several releases put together: one linear program over every hospital and quarter that any of them covers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.attacks.plain import RULES, Released
from tests.attacks.programme import Attack, Interval, Program


@dataclass(frozen=True)
class Successive:
    """What one viewer (None: somebody who is no hospital) knows of releases of the same measure, one after the other."""

    releases: Sequence[Released]
    viewer: int | None

    @cached_property
    def attacks(self) -> list[Attack]:
        """A release without the viewer's hospital tells it nothing of its own."""
        return [Attack(each, self.viewer if self.viewer in each.sites else None, RULES) for each in self.releases]

    @cached_property
    def cells(self) -> dict[tuple[int, str], int]:
        """Hospital and quarter → place of its cases; events stand after them."""
        pairs = {(key, quarter) for each in self.attacks for key in each.keys for quarter in _quarters(each)}
        return {pair: 2 * at for at, pair in enumerate(sorted(pairs))}

    @property
    def scale(self) -> int:
        return 2 * len(self.cells)

    def program(self) -> Program:
        program = Program(self.scale + 1)
        for attack in self.attacks:
            told = attack.program()
            program.least += [self._here(attack, row) for row in told.least]
            program.equal += [self._here(attack, row) for row in told.equal]
        return program

    def know_volumes(self, program: Program) -> None:
        for (key, quarter), place in self.cells.items():
            program.equal.append({place: 1.0, self.scale: -float(self._cases(key, quarter))})

    def rates(self, program: Program) -> Iterator[tuple[int, Interval]]:
        """Of every other hospital, in the window of every release that has cases of it."""
        for attack in self.attacks:
            for key in attack.others():
                if key == self.viewer:
                    continue
                cases = self._here(attack, attack.cases(key))
                events = self._here(attack, attack.events(key))
                yield key, Interval(program.extreme(events, cases, 1), program.extreme(events, cases, -1))

    def known_rates(self) -> Iterator[tuple[int, Interval]]:
        """The same for whoever looks volumes up: events are bounded, and divided by the cases."""
        program = self.program()
        self.know_volumes(program)
        for attack in self.attacks:
            for key in attack.others():
                events = self._here(attack, attack.events(key))
                fixed, cases = {self.scale: 1.0}, attack.found.sites[key].denominator
                low, high = (program.extreme(events, fixed, sign) for sign in (1, -1))
                if key != self.viewer:
                    yield key, Interval(low / cases, high / cases)

    def _cases(self, key: int, quarter: str) -> int:
        for attack in self.attacks:
            if key in attack.found.sites:
                for point in attack.found.sites[key].trend:
                    if point["quarter"] == quarter:
                        return int(point["denominator"])
        return 0

    def _here(self, attack: Attack, row: Mapping[int, float]) -> dict[int, float]:
        """A row of one release in the places of all."""
        quarters, found = _quarters(attack), dict[int, float]()
        for place, value in row.items():
            if place == attack.scale:
                found[self.scale] = value
                continue
            hospital, rest = divmod(place, 2 * len(quarters))
            cell = self.cells[attack.keys[hospital], quarters[rest // 2]]
            found[cell + rest % 2] = value
        return found


def _quarters(attack: Attack) -> list[str]:
    trend = attack.found.pooled.trend
    return [trend[at]["quarter"] for at in attack.quarters]
