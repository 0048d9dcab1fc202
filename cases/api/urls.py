from django.urls import path

from cases.api import bulk, cases


case_urls = [
    path("", cases.CaseList.as_view(), name="case-list"),
    path("bulk/", bulk.CaseBulk.as_view(), name="case-bulk"),
    path("check/", bulk.CaseCheck.as_view(), name="case-check"),
    path("<slug:public_id>/", cases.CaseDetail.as_view(), name="case-detail"),
    path("<slug:public_id>/complete/", cases.CaseComplete.as_view(), name="case-complete"),
    path("<slug:public_id>/reopen/", cases.CaseReopen.as_view(), name="case-reopen"),
    path("<slug:public_id>/findings/", cases.CaseFindings.as_view(), name="case-findings"),
]
