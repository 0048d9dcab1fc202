"""Definition files, written: YAML that `file.load_definition` reads back as the same definition."""

from dataclasses import dataclass, replace
from decimal import Decimal

import yaml

from measures.definition.errors import DefinitionError, DefinitionErrors, did_you_mean
from measures.definition.file import load_definition
from measures.definition.file_data import definition_data
from measures.definition.spec import Definition, FormHistory, FormSpec, FormVersionSpec
from measures.definition.yaml_source import Data, read_yaml


LINE = 110


@dataclass(frozen=True)
class WrittenDefinition:
    """The file, and what of the definition it cannot say."""

    text: str
    notes: tuple[str, ...] = ()


def write_definition(definition: Definition) -> WrittenDefinition:
    """The whole of it. Versions that one file cannot hold beside the newest are named, and left out.

    A file has one name, one event date and one set of section labels for all versions of a form.
    """
    kept, notes = [], []
    for history in definition.forms:
        versions = _expressible(definition, history)
        left_out = [version.number for version in history.versions if version not in versions]
        kept.append(FormHistory(slug=history.slug, versions=versions))
        notes += [
            f"Version {number} of form {history.slug} is left out: its sections, name or import defaults are not those of the newest."
            for number in left_out
        ]
    written = replace(definition, forms=tuple(kept))
    heading = "".join(f"# {note}\n" for note in notes)
    return WrittenDefinition(heading + as_yaml(definition_data(written)), tuple(notes))


def _expressible(definition: Definition, history: FormHistory) -> tuple[FormVersionSpec, ...]:
    """The newest versions that read back as they are."""
    for first in range(len(history.versions) - 1):
        versions = history.versions[first:]
        alone = Definition(
            collaborative=replace(definition.collaborative, aim=None),  # it names a measure
            forms=(FormHistory(slug=history.slug, versions=versions),),
            measures=(),
            risk_models=(),
        )
        if _reads_back(alone):
            return versions
    return history.versions[-1:]


def _reads_back(definition: Definition) -> bool:
    try:
        read = load_definition(as_yaml(definition_data(definition)), "")
    except DefinitionErrors:
        return False
    return [version.form.digest for version in read.forms[0].versions] == [
        version.form.digest for version in definition.forms[0].versions
    ]


class _Dumper(yaml.SafeDumper):
    """Knows text only: what is plain and what is in quotes follows our reader, which has fewer words than YAML."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- the name that PyYAML calls
        return True


def _scalar(dumper: yaml.SafeDumper, text: str, style: str | None = None) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Plain if our reader would read it back as this text, else in quotes."""
    if "\n" not in text and read_yaml(text, "").data == text:
        return _scalar(dumper, text)
    return _scalar(dumper, text, "'" if text.isprintable() else '"')


def _number(dumper: yaml.SafeDumper, number: int | Decimal) -> yaml.ScalarNode:
    return _scalar(dumper, format(number, "f") if isinstance(number, Decimal) else str(number))


def _flag(dumper: yaml.SafeDumper, flag: bool) -> yaml.ScalarNode:  # noqa: FBT001 -- the signature of PyYAML
    return _scalar(dumper, str(flag).casefold())


# With PyYAML's own it puts quotes round dates and `no`.
_Dumper.yaml_implicit_resolvers = {}
_Dumper.add_representer(str, _text)
_Dumper.add_representer(Decimal, _number)
_Dumper.add_representer(int, _number)
_Dumper.add_representer(bool, _flag)


def as_yaml(data: Data | dict[str, Data]) -> str:
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=LINE))


def form_of_file(text: str, path: str, slug: str) -> FormSpec:
    """The newest version of the form `slug` in a definition file, or of its only form.

    Raises
    ------
    DefinitionErrors
        All that is wrong with the file, or that it has several forms and none of that name.
    """
    forms = {history.slug: history.latest.form for history in load_definition(text, path).forms}
    if slug in forms or len(forms) == 1:
        return forms.get(slug) or next(iter(forms.values()))
    message, remedy = f'The file has no form "{slug}".', did_you_mean(slug, list(forms))
    raise DefinitionErrors([DefinitionError(path=path, line=1, where="forms", message=message, remedy=remedy)])
