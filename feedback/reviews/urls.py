from django.urls import path

from feedback.reviews.views import breakdown, contests, discussion, reviewing, targets


app_name = "reviews"
MEASURE = "measures/<slug:measure_slug>/"
CONTEST = "contests/<slug:public_id>/"
urlpatterns = [
    path("releases/<uuid:release_id>/attest/", reviewing.release_attest, name="release-attest"),
    path("releases/<uuid:release_id>/reviewed/", reviewing.release_reviewed, name="release-reviewed"),
    path(f"{MEASURE}cases/<slug:case_public_id>/contest/", contests.contest_new, name="contest-new"),
    path("contests/", contests.contest_list, name="contest-list"),
    path(CONTEST, contests.contest_detail, name="contest-detail"),
    path(f"{CONTEST}decide/", contests.contest_decide, name="contest-decide"),
    path(f"{CONTEST}withdraw/", contests.contest_withdraw, name="contest-withdraw"),
    path(f"{CONTEST}lift/", contests.contest_lift, name="contest-lift"),
    path(f"{MEASURE}comments/", discussion.comment_write, name="comment-write"),
    path("comments/<slug:public_id>/delete/", discussion.comment_delete, name="comment-delete"),
    path(f"{MEASURE}target/", targets.target_detail, name="target-detail"),
    path(f"{MEASURE}target/set/", targets.target_set, name="target-set"),
    path(f"{MEASURE}target/drop/", targets.target_drop, name="target-drop"),
    path(f"{MEASURE}breakdown/", breakdown.breakdown_detail, name="breakdown-detail"),
    path(f"{MEASURE}breakdown/numbers.csv", breakdown.breakdown_export, name="breakdown-export"),
]
