"""What the centre writes names no other hospital than the one it writes to."""

from cases.questions.errors import HospitalNamedError
from collaboratives.selectors.naming import naming_problem
from privacy.viewer import Viewer


def refuse_names(text: str, *, reader: int | None, by: Viewer) -> None:
    """For the hospital of a question, or for everybody where it goes into the manual."""
    if problem := naming_problem(text, collaborative_id=by.collaborative_id or 0, reader=reader):
        raise HospitalNamedError(problem)
