from django.urls import path

from ui.views.gallery import gallery


app_name = "ui"
urlpatterns = [path("", gallery, name="gallery")]
