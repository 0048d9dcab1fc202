from django.urls import path

from measures.views import dictionary, programs


app_name = "measures"
urlpatterns = [
    path("dictionary/", dictionary.dictionary, name="dictionary"),
    path("forms/<slug:digest>.json", programs.program, name="form-program"),
]
