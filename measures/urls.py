from django.urls import path

from measures.views import dictionary


app_name = "measures"
urlpatterns = [
    path("dictionary/", dictionary.dictionary, name="dictionary"),
]
