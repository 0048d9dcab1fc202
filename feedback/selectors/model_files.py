"""The fit of a release as files for R."""

from uuid import UUID

from feedback.selectors.export import File
from feedback.selectors.model_page import fit_of
from feedback.selectors.refit import coefficients_file, script_file
from privacy.viewer import Viewer


def model_coefficients(viewer: Viewer, public_id: UUID, slug: str) -> File:
    return coefficients_file(fit_of(viewer, public_id, slug), slug)


def model_script(viewer: Viewer, public_id: UUID, slug: str) -> File:
    fit = fit_of(viewer, public_id, slug)
    release = fit.release
    title = f"{fit.risk_model_version}, release {release.name}, {release.window_from} to {release.window_to}"
    return script_file(fit, slug, title)
