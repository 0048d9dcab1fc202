"""A fitted risk model for those who judge it. No hospital is in it; members see its size only roughly."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from feedback.charts import Drawing
from feedback.models import MemberFit, ModelFit, Release
from feedback.selectors.fit_parts import (
    AnyFit,
    DesignRow,
    MissingRow,
    SideRow,
    TermRow,
    between_facts,
    calibration_drawing,
    coefficient_rows,
    design_rows,
    dropped_words,
    figure_rows,
    missing_rows,
    quality_facts,
    recalibration_facts,
    term_rows,
    warnings_of,
)
from feedback.selectors.fits import fit_before, member_fit_before
from feedback.selectors.releases import counted_release, release_line
from feedback.selectors.statements import Statement, centre_statements, model_statement, statement_of
from measures.definition.spec import MeasureSpec
from privacy.roles import Permission
from privacy.viewer import Viewer
from ui.parts import Crumb, Fact


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The fit beside the one that members had before."""

    name: str
    same_version: bool
    coefficients: tuple[SideRow, ...]
    figures: tuple[SideRow, ...]
    hospitals_url: str


@dataclass(frozen=True, kw_only=True)
class ModelPage:
    spec: MeasureSpec
    name: str
    line: str
    crumbs: tuple[Crumb, ...]
    terms: tuple[TermRow, ...]
    facts: tuple[Fact, ...]
    between: tuple[Fact, ...]
    provenance: tuple[Fact, ...]
    calibration: Drawing | None
    design: tuple[DesignRow, ...]
    dropped: tuple[str, ...]
    missing: tuple[MissingRow, ...]
    earlier: dict[str, object]
    recalibration: tuple[Fact, ...]
    beside: Beside | None
    warnings: tuple[str, ...]
    exact: bool
    statement: Statement
    release: Release
    slug: str
    files: bool


RELATED = ("release", "measure_version__measure", "risk_model_version__risk_model")


def fit_of(viewer: Viewer, public_id: UUID, slug: str) -> AnyFit:
    """The model of a measure in a release as the viewer may know it, 404 where there is none."""
    exact, asked = viewer.can(Permission.UNBLINDED_VIEW), {"measure_version__measure__slug": slug}
    fits = ModelFit.objects if exact else MemberFit.objects
    found = fits.select_related(*RELATED).filter(release=counted_release(viewer, public_id), **asked).first()
    if found is None:
        raise Http404
    return found


def model_page(viewer: Viewer, public_id: UUID, slug: str) -> ModelPage:
    fit = fit_of(viewer, public_id, slug)
    release, exact, spec = fit.release, viewer.can(Permission.UNBLINDED_VIEW), fit.measure_version.definition
    earlier = fit.details.get("earlier", {})
    return ModelPage(
        spec=spec,
        name=fit.risk_model_version.definition.name,
        line=release_line(release),
        crumbs=_crumbs(viewer, release, slug, spec, exact=exact),
        terms=term_rows(fit),
        facts=tuple(quality_facts(fit, exact=exact)),
        between=tuple(between_facts(fit)),
        provenance=tuple(_provenance(release, fit, exact=exact)),
        calibration=calibration_drawing(fit, spec.short_name, exact=exact),
        design=design_rows(fit),
        dropped=dropped_words(fit),
        missing=missing_rows(fit, exact=exact),
        earlier=earlier,
        recalibration=recalibration_facts(earlier, exact=exact),
        beside=_beside(viewer, fit, slug, exact=exact),
        warnings=warnings_of(fit) if isinstance(fit, ModelFit) else (),
        exact=exact,
        statement=_statement(viewer, release, fit, exact=exact),
        release=release,
        slug=slug,
        files="r" in fit.details,
    )


def _beside(viewer: Viewer, fit: AnyFit, slug: str, *, exact: bool) -> Beside | None:
    newest = fit_before if exact else member_fit_before
    before = newest(fit.measure_version, fit.release.created_at)
    if before is None:
        return None
    place = [viewer.collaborative_slug, fit.release.public_id, slug]
    return Beside(
        name=f"release {before.release.name}, {before.risk_model_version}",
        same_version=before.risk_model_version_id == fit.risk_model_version_id,
        coefficients=coefficient_rows(before, fit),
        figures=figure_rows(before, fit),
        hospitals_url=reverse("feedback:model-hospitals", args=place) if exact else "",
    )


def _statement(viewer: Viewer, release: Release, fit: AnyFit, *, exact: bool) -> Statement:
    if exact:
        return statement_of(centre_statements(viewer, release, fit.measure_version_id), fit.measure_version_id)
    return model_statement(release, fit.measure_version_id)


def _crumbs(viewer: Viewer, release: Release, slug: str, spec: MeasureSpec, *, exact: bool) -> tuple[Crumb, ...]:
    place = viewer.collaborative_slug
    if exact:
        return (
            Crumb("Releases", reverse("feedback:release-list", args=[place])),
            Crumb(release.name, reverse("feedback:release-detail", args=[place, release.public_id])),
        )
    address = f"{reverse('feedback:measure-detail', args=[place, slug])}?release={release.public_id}"
    return (Crumb("Measures", reverse("feedback:measure-list", args=[place])), Crumb(spec.short_name, address))


def _provenance(release: Release, fit: AnyFit, *, exact: bool) -> list[Fact]:
    facts = [
        Fact("Risk model", f"{fit.risk_model_version.risk_model.name} v{fit.risk_model_version.number}"),
        Fact("Measure definition", f"v{fit.measure_version.number}"),
        Fact("Computed by", release.code_version),
    ]
    if exact and release.snapshot:
        facts += [Fact("Snapshot", f"{release.snapshot.cases:,} cases"), Fact("Digest", release.snapshot.digest[:16])]
    return facts
