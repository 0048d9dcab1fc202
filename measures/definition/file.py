"""Definition files: one reviewed YAML file per collaborative."""

from measures.definition.draft import read_draft
from measures.definition.errors import DefinitionErrors
from measures.definition.semantics import check_draft
from measures.definition.shape import check_shape
from measures.definition.spec import Definition
from measures.definition.yaml_source import read_yaml


def load_definition(text: str, path: str) -> Definition:
    """The definition that the YAML `text` holds; `path` is named in errors.

    Raises
    ------
    DefinitionErrors
        All that is wrong with the file, in the order of its lines. Nothing of it can be used then.
    """
    source = read_yaml(text, path)
    if not source.errors:
        check_shape(source)
    draft = read_draft(source)
    if isinstance(source.data, dict):
        check_draft(draft)
    definition = draft.definition() if not source.errors else None
    if definition is None:
        raise DefinitionErrors(sorted(source.errors, key=lambda error: error.line))
    return definition
