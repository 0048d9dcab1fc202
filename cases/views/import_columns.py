"""The page on which a person says what each column holds."""

from cases.forms.imports import Chosen, ColumnsPage, columns_page, read_columns, read_constants, read_orders
from cases.selectors.imports import ViewedImport
from cases.services.columns import Choices, constant_text, match_columns
from cases.services.imports import choices_of, choose_columns
from collaboratives.http import ViewerRequest
from measures.definition.spec import CaseNumberSource, FormSpec


def columns_context(request: ViewerRequest, case_import: ViewedImport, spec: FormSpec) -> ColumnsPage:
    choices = choices_of(case_import)
    defaults = {name: constant_text(value) for name, value in spec.imports.constants.items()}
    by_row = spec.imports.case_number is CaseNumberSource.BY_ROW if choices.by_row is None else choices.by_row
    chosen = Chosen(
        constants={**defaults, **choices.constants},
        orders=choices.orders,
        by_row=by_row,
        remembered=bool(case_import.mapping.get("remembered")),
    )
    usual = case_import.collaborative.date_order
    everything = request.GET.get("columns") == "all"
    return columns_page(case_import.summary, spec, chosen, usual=usual, everything=everything)


def choose(request: ViewerRequest, case_import: ViewedImport, spec: FormSpec) -> None:
    earlier, columns = choices_of(case_import), case_import.summary["columns"]
    sheet = request.POST.get("sheet", earlier.sheet)
    same = sheet in {"", case_import.summary.get("sheet")}  # another sheet has columns of its own
    by_name = match_columns([column["name"] for column in columns], spec, Choices())
    # Only what differs from the names is kept, so that a question that is asked later finds its column.
    differing = {name: target for name, target in read_columns(request.POST, columns) if target != by_name[name]}
    choices = Choices(
        columns=differing if same else {},
        constants=read_constants(request.POST),
        by_row=request.POST.get("by_row") == "1",
        codes=earlier.codes,
        orders=read_orders(request.POST, columns, case_import.collaborative.date_order),
        sheet=sheet,
    )
    choose_columns(case_import=case_import, choices=choices, by=request.viewer)
