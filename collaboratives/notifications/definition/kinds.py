"""How each kind of news may be heard, and how it is where nobody chose. The table of the page on which people choose."""

from dataclasses import dataclass

from collaboratives.notifications.enums import How, NotificationKind


@dataclass(frozen=True, kw_only=True)
class KindRule:
    """`ways` are those that people may choose from, `usual` is one of them."""

    about: str
    ways: tuple[How, ...]
    usual: How

    @property
    def may_be_stopped(self) -> bool:
        return How.PRODUCT in self.ways

    @property
    def is_fixed(self) -> bool:
        return len(self.ways) == 1


ANY = (How.AT_ONCE, How.DIGEST, How.PRODUCT)
DUTY = (How.AT_ONCE, How.DIGEST)  # whoever has to do something hears of it by mail once a day at least
KINDS: dict[NotificationKind, KindRule] = {
    NotificationKind.ANNOUNCEMENT: KindRule(
        about="What the coordinating centre writes to you.", ways=ANY, usual=How.AT_ONCE
    ),
    NotificationKind.RELEASE: KindRule(about="A release of results is there.", ways=ANY, usual=How.AT_ONCE),
    NotificationKind.NOTICE: KindRule(
        about="Results of your hospital that read worse, some days before members see them.",
        ways=(How.AT_ONCE,),
        usual=How.AT_ONCE,
    ),
    NotificationKind.MEETING: KindRule(
        about="Invitations, changes and cancellations. The mail brings the entry for your calendar.",
        ways=(How.AT_ONCE,),
        usual=How.AT_ONCE,
    ),
    NotificationKind.MINUTES: KindRule(about="Minutes of a meeting where you were.", ways=ANY, usual=How.AT_ONCE),
    NotificationKind.GROUP: KindRule(
        about="What happens in groups where you are a member.", ways=ANY, usual=How.AT_ONCE
    ),
    NotificationKind.DOCUMENT: KindRule(
        about="The centre asks you to confirm that you have read something.", ways=DUTY, usual=How.AT_ONCE
    ),
    NotificationKind.AGREEMENT: KindRule(
        about="60, 30 and 7 days before data entry or comparison would stop.", ways=DUTY, usual=How.AT_ONCE
    ),
    NotificationKind.CONTEST: KindRule(
        about="The centre has decided about a case that you contested.", ways=ANY, usual=How.AT_ONCE
    ),
    NotificationKind.DEFINITION_REVIEW: KindRule(
        about="A measure or model that you stand for is due for review.", ways=DUTY, usual=How.AT_ONCE
    ),
    NotificationKind.IMPORT_DONE: KindRule(
        about="A file that you uploaded is checked, imported or taken back.", ways=ANY, usual=How.AT_ONCE
    ),
    NotificationKind.JOB_DONE: KindRule(about="A release is computed, a trial is fitted.", ways=ANY, usual=How.PRODUCT),
    NotificationKind.TASK: KindRule(
        about="Tasks that are overdue or due within a week.", ways=(How.DIGEST, How.PRODUCT), usual=How.DIGEST
    ),
    NotificationKind.REMINDER: KindRule(
        about="The centre reminds your hospital of what is due.", ways=DUTY, usual=How.AT_ONCE
    ),
    NotificationKind.ESCALATION: KindRule(
        about="You lead, and something at your hospital has waited too long.", ways=DUTY, usual=How.DIGEST
    ),
}


def allowed(kind: NotificationKind, how: str | None) -> How:
    """The wish where it can be had, else what is usual; a rule may have become stricter since somebody chose."""
    rule = KINDS[kind]
    return next((way for way in rule.ways if way == how), rule.usual)
