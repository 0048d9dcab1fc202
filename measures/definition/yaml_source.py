"""Reads YAML so that every value still knows its line.

A small, plain YAML: only true and false are booleans, dates and times stay text (08:41 is not
base 60, `No` is not false), numbers keep their digits, anchors and aliases are refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import yaml

from measures.definition.errors import DefinitionError


Step = str | int
Path = tuple[Step, ...]
Data = None | bool | int | Decimal | str | list["Data"] | dict[str, "Data"]

MAXIMUM_CHARACTERS = 4_000_000
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+")
_WORDS: dict[str, Data] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass
class Source:
    """A definition file as read: its data, the line of each path, and what was wrong with it."""

    path: str
    data: Data = None
    lines: dict[Path, int] = field(default_factory=dict)
    errors: list[DefinitionError] = field(default_factory=list)
    wrong_paths: set[Path] = field(default_factory=set)

    def has_errors(self, path: Path) -> bool:
        """Whether something at or below `path` is wrong."""
        return any(wrong[: len(path)] == path for wrong in self.wrong_paths)

    def line(self, path: Path) -> int:
        """The line of `path`, else of the nearest part of it that the file has."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def at(self, path: Path) -> Data:
        found: Data = self.data
        for step in path:
            if isinstance(found, dict):
                found = found.get(str(step))
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def where(self, path: Path) -> str:
        """The path for people: `forms.operation.variables[3] (asa).show_if`."""
        return "".join(self._steps(path)).lstrip(".")

    def _steps(self, path: Path) -> Iterator[str]:
        for depth, step in enumerate(path, start=1):
            if isinstance(step, str):
                yield f".{step}"
                continue
            item = self.at(path[:depth])
            name = item.get("name", item.get("variable")) if isinstance(item, dict) else None
            yield f"[{step}] ({name})" if isinstance(name, str) else f"[{step}]"

    def add(self, path: Path, message: str, remedy: str) -> None:
        error = DefinitionError(
            path=self.path, line=self.line(path), where=self.where(path), message=message, remedy=remedy
        )
        self.wrong_paths.add(path)
        if error not in self.errors:
            self.errors.append(error)


class _PlainLoader(yaml.SafeLoader):
    """Composes nodes only; scalars are read by `_scalar`."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]  # no types for this one in types-pyyaml
            raise yaml.composer.ComposerError(None, None, "an alias (*name) is not read here", event.start_mark)
        return super().compose_node(parent, index)


def read_yaml(text: str, path: str) -> Source:
    source = Source(path)
    if len(text) > MAXIMUM_CHARACTERS:
        source.add((), f"The file has more than {MAXIMUM_CHARACTERS:,} characters.", "Is this the right file?")
        return source
    try:
        node = yaml.compose(text, Loader=_PlainLoader)
        source.data = _convert(node, (), source) if node else None
    except yaml.MarkedYAMLError as error:
        _add_syntax_error(source, error)
    except yaml.reader.ReaderError as error:
        source.lines[()] = text.count("\n", 0, error.position) + 1
        source.add((), f"Character {error.character!r} cannot be in a YAML file.", "Save the file as UTF-8 text.")
    except RecursionError:
        source.add((), "The file is nested too deeply.", "Is this the right file?")
    return source


def _add_syntax_error(source: Source, error: yaml.MarkedYAMLError) -> None:
    mark = error.problem_mark or error.context_mark
    source.lines[()] = mark.line + 1 if mark else 1
    column = f", column {mark.column + 1}" if mark else ""
    source.add(
        (),
        f"This is not YAML{column}: {error.problem or error.context}.",
        'Check the indentation (spaces, no tabs), and put text with ": " or a leading [ * & ! % @ in quotes.',
    )


def _convert(node: yaml.Node, path: Path, source: Source) -> Data:
    source.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _convert_mapping(node, path, source)
    if isinstance(node, yaml.SequenceNode):
        return [_convert(item, (*path, index), source) for index, item in enumerate(node.value)]
    return _scalar(str(node.value), quoted=getattr(node, "style", None) is not None)


def _convert_mapping(node: yaml.MappingNode, path: Path, source: Source) -> dict[str, Data]:
    data: dict[str, Data] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        if key in data:
            first = source.lines[*path, key]
            source.lines[*path, key] = key_node.start_mark.line + 1
            source.add((*path, key), f'"{key}" is here twice (first on line {first}).', "Rename or remove one of them.")
            source.lines[*path, key] = first
            continue
        value = _convert(value_node, (*path, key), source)
        source.lines[*path, key] = key_node.start_mark.line + 1
        data[key] = value
    return data


def _scalar(text: str, *, quoted: bool) -> Data:
    if quoted:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text
