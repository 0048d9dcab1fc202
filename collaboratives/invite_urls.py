from django.urls import URLPattern


app_name = "collaboratives"
urlpatterns: list[URLPattern] = []
