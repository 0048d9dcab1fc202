from django.urls import path

from collaboratives.views import invitations


app_name = "invitations"
urlpatterns = [path("<str:token>/", invitations.invitation_accept, name="invitation-accept")]
