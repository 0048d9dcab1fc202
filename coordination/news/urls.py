from django.urls import path

from coordination.news.views import reading, writing


app_name = "news"
ONE, DRAFT = "news/<uuid:announcement_id>/", "news/drafts/<uuid:draft_id>/"
urlpatterns = [
    path("news/", reading.archive, name="archive"),
    path("news/new/", writing.draft_new, name="draft-new"),
    path("news/newsletter/", writing.newsletter_new, name="newsletter-new"),
    path(DRAFT, writing.draft_edit, name="draft-edit"),
    path(f"{DRAFT}save/", writing.draft_save, name="draft-save"),
    path(f"{DRAFT}send/", writing.draft_send, name="draft-send"),
    path(f"{DRAFT}discard/", writing.draft_discard, name="draft-discard"),
    path(ONE, reading.announcement_detail, name="announcement-detail"),
    path(f"{ONE}read/", reading.announcement_read, name="announcement-read"),
    path(f"{ONE}read.csv", reading.reads_export, name="reads-export"),
    path(f"{ONE}withdraw/", writing.announcement_withdraw, name="announcement-withdraw"),
    path(f"{ONE}correct/", writing.announcement_correct, name="announcement-correct"),
    path(f"{ONE}remind/", writing.announcement_remind, name="announcement-remind"),
]
