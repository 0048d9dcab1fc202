from django.urls import path

from cases.questions.views import asking, centre, inbox


app_name = "questions"
urlpatterns = [
    path("questions/", inbox.question_list, name="question-list"),
    path("questions/new/", asking.question_new, name="question-new"),
    path("questions/close/", centre.questions_close, name="questions-close"),
    path("questions/<slug:public_id>/", inbox.question_detail, name="question-detail"),
    path("questions/<slug:public_id>/take/", centre.question_take, name="question-take"),
    path("questions/<slug:public_id>/promote/", centre.question_promote, name="question-promote"),
    path("cases/<slug:case_public_id>/questions/", asking.case_questions, name="case-questions"),
    path("cases/<slug:case_public_id>/questions/new/", asking.question_ask, name="question-ask"),
]
