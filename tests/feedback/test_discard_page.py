"""A draft is put aside by typing its name."""

from django.urls import reverse

from feedback.enums import ReleaseState
from feedback.models import Release
from tests.world import World


def test_a_draft_is_discarded_only_when_its_name_is_typed(world: World) -> None:
    client = world.client("cora")
    with world.acting_as("cora"):
        draft = Release.objects.get(state=ReleaseState.DRAFT)
    url = reverse("feedback:release-discard", args=["colectomy-mi", draft.public_id])

    refused = client.post(url, {"name": "something else"}, follow=True)
    assert f"Not discarded. Type “{draft.name}” exactly to confirm." in refused.content.decode()
    with world.acting_as("cora"):
        assert Release.objects.get(pk=draft.pk).state == ReleaseState.DRAFT

    client.post(url, {"name": draft.name})
    with world.acting_as("cora"):
        assert Release.objects.get(pk=draft.pk).state == ReleaseState.DISCARDED
