from measures.definition.draft import Draft


def check_draft(draft: Draft) -> None: ...
