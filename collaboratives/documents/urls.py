from django.urls import path

from collaboratives.documents.views import documents


app_name = "documents"
urlpatterns = [
    path("documents/", documents.document_list, name="document-list"),
    path("documents/new/", documents.document_new, name="document-new"),
    path("documents/<uuid:document_id>/", documents.document_detail, name="document-detail"),
    path("documents/<uuid:document_id>/versions/", documents.version_new, name="version-new"),
    path("documents/<uuid:document_id>/<int:number>/file/", documents.document_download, name="document-download"),
    path(
        "documents/<uuid:document_id>/<int:number>/read/", documents.document_acknowledge, name="document-acknowledge"
    ),
    path("documents/<uuid:document_id>/remind/", documents.document_remind, name="document-remind"),
    path("documents/<uuid:document_id>/retire/", documents.document_retire, name="document-retire"),
]
