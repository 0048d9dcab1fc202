"""Who visits, and which pages each role has: `follow` are links to press from the page at `path`, in turn."""

from dataclasses import dataclass, field


PROGRAMME = "great-lakes-surgical"
HOSPITAL = "Northgate Hospital"
ACCOUNTS = {
    role: f"{PROGRAMME}/{place}/{role}@{mail}.example"
    for place, mail, roles in (
        ("northgate", "northgate", ("clinician", "champion", "abstractor", "administrator")),
        ("centre", "greatlakes", ("coordinator", "biostatistician", "director", "validator", "sponsor")),
    )
    for role in roles
}
# Hospitals of the other collaborative play no part; these are all that must stay hidden from Northgate's people.
OTHERS = (
    "Alder Valley", "St Brendan", "Three Rivers", "Lakeside General", "Copper Harbor", "Westmoor", "Great Oaks",
    "Marlow Memorial", "Birch Run", "Sable Point", "Holy Family", "University Hospital of the Lakes", "Ferris County",
    "Pine Bluff", "Mercy East", "Mercy West", "Huron View", "St Agnes", "Ironwood", "Clearwater", "Riverbend",
    "Eastlake", "The Dunes", "Beaumaris", "Kestrel Ridge", "Maplewood", "Thornapple", "Old Mission", "St Clement",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    follow: tuple[str, ...] = ()
    has_numbers: bool = field(default=False, kw_only=True)


HOME = Page("home", "", has_numbers=True)
MEASURES = Page("measures", "measures/", has_numbers=True)
COMPARE = Page("measure", "measures/ssi/", has_numbers=True)
OVER_TIME = Page("measure over time", "measures/ssi/?view=time", has_numbers=True)
STRATUM = Page("stratum of a measure", "measures/ssi/?group=urgency%3D1", has_numbers=True)
BEHIND = Page("cases of a measure", "measures/ssi/?view=cases", has_numbers=True)
DEFINITION = Page("definition of a measure", "measures/ssi/?view=definition")
CASES = Page("cases", "cases/")
GRID = Page("cases by section", "cases/?tab=complete&view=grid")
CASE = Page("complete case", "cases/?tab=complete", ("tbody a",))
RESULTS = Page("results of all hospitals", "results/", has_numbers=True)
PLAIN = Page("results in plain words", "results/?words=plain", has_numbers=True)
METHODS = Page("methods", "methods/")
REPORTS = Page("reports", "reports/")
DICTIONARY = Page("dictionary", "dictionary/")
CHARTER = Page("charter", "who-can-see-what/")
HELP = Page("help", "help/")
MODEL = Page("risk model", "measures/ssi/", ("a[href$='/model/']",))
PEOPLE = Page("people", "people/")
QUALITY = Page("data quality", "quality/")
COMMON = (RESULTS, CHARTER, HELP)
READER = (
    HOME,
    MEASURES,
    COMPARE,
    STRATUM,
    OVER_TIME,
    BEHIND,
    DEFINITION,
    MODEL,
    CASES,
    CASE,
    QUALITY,
    REPORTS,
    METHODS,
    DICTIONARY,
    *COMMON,
)
# Journeys leave meetings of today, and what is under way stands before what members see.
COMING, RELEASED = "tr:has-text('Collaborative meeting') a", "tr:has-text('2026-2') a"
RELEASE = Page("release", "releases/", ("tbody a",))
FUNNEL = Page("funnel", "releases/", ("tbody a", "tbody a[href$='/measures/ssi/']"), has_numbers=True)
CENTRE_MODEL = Page("risk model", "releases/", ("tbody a", "tbody a[href$='/measures/ssi/model/']"))
CENTRE = (
    HOME,
    Page("definitions of measures", "measures/"),
    DEFINITION,
    Page("hospitals and cases", "cases/"),
    Page("cases of a hospital", "cases/", ("tbody a",)),
    Page("case", "cases/", ("tbody a", "tbody a")),
    Page("hospitals", "hospitals/"),
    Page("similar hospitals", "hospitals/groups/"),
    Page("notes on a trend", "measures/ssi/notes/"),
    Page("hospital", "hospitals/", ("tbody a[href*='/hospitals/']",)),
    Page("releases", "releases/"),
    RELEASE,
    FUNNEL,
    CENTRE_MODEL,
    REPORTS,
    PEOPLE,
    DICTIONARY,
    *COMMON,
)
QUESTIONS = (
    Page("questions", "questions/"),
    Page("question", "questions/?tab=all", ("[data-open]",)),
)
TRAINING = Page("training", "training/")
CERTIFICATES = Page("certificates", "training/certificates/")
LOG = (
    Page("log and sample", "log/?year=2026"),
    Page("log of a cycle", "log/?year=2026", ("tbody tr:nth-child(3) a",)),
    Page("sampling rules", "sampling/"),
    Page("follow-up", "follow-up/"),
    Page("follow-up of a case", "follow-up/", ("tbody a",)),
)
KEYS = (Page("keys", "keys/"), Page("new key", "keys/new/"))
AUDITS = Page("audits", "audits/")
AUDIT = Page("audit", "audits/", ("tbody a",))
AUDIT_REPORT = Page("report of an audit", "audits/", ("tr:has-text('Reported') a", "a[href$='/report/']"))
IMPORTS = (Page("imports", "imports/"), Page("new import", "imports/new/"))
CONTESTS = (
    Page("contested cases", "contests/?state=all"),
    Page("contested case", "contests/?state=all", ("tbody a",)),
)
BALLOTS = (Page("ballots", "ballots/"), Page("ballot", "ballots/", ("tbody a",)))
MEETINGS = (
    Page("meetings", "meetings/"),
    Page("past meetings", "meetings/?show=past"),
    Page("coming meeting", "meetings/", (COMING,)),
    Page("people of a meeting", "meetings/?show=past", ("tbody a", "a[href='?tab=people']")),
    Page("poll of a meeting", "meetings/", (COMING, "a[href='?tab=poll']")),
    Page("minutes", "meetings/?show=past", ("tbody a", "a[href='?tab=minutes']")),
    Page("decisions and actions", "meetings/?show=past", ("tbody a", "a[href='?tab=actions']")),
    Page("pack of a meeting", "meetings/", (COMING, "a[href$='/print/']")),
    Page("attendance", "meetings/attendance/"),
    Page("calendar address", "meetings/calendar/"),
)
NEWS = (Page("news", "news/"), Page("announcement", "news/", ("tbody a",)))
NEWS_WORK = (
    *NEWS,
    Page("draft of news", "news/", ("a[href*='/drafts/']",)),
    Page("new newsletter", "news/newsletter/"),
    Page("withdrawal of news", "news/?q=third+quarter", ("tbody a", "a[href$='/withdraw/']")),
)
MEETING_WORK = (
    *MEETINGS,
    Page("new meeting", "meetings/new/"),
    Page("change a meeting", "meetings/", (COMING, "a[href$='/edit/']")),
    Page("invite to a meeting", "meetings/", (COMING, "a[href$='/invite/']")),
    Page("who is there", "meetings/", (COMING, "a[href='?tab=people']", "a[href$='/list/']")),
    Page("point of an agenda", "meetings/", (COMING, "a[href*='/items/']")),
    Page("rules of attendance", "meetings/rules/"),
)
# With names of people of other hospitals who agreed to be shown: not for those who look whether a page names another.
GROUP = "tr:has-text('Infection prevention') a"
GROUPS = (
    Page("working groups", "groups/"),
    Page("closed working groups", "groups/?show=closed"),
    Page("working group", "groups/", (GROUP,)),
    Page("members of a group", "groups/", (GROUP, "a[href='?tab=members']")),
    Page("documents of a group", "groups/", (GROUP, "a[href='?tab=documents']")),
    Page("discussion of a group", "groups/", (GROUP, "a[href='?tab=discussion']")),
    Page("meetings of a group", "groups/", (GROUP, "a[href='?tab=meetings']")),
    Page("sheet of a group", "groups/", (GROUP, "a[href$='/print/']")),
    Page("change a group", "groups/", (GROUP, "a[href$='/edit/']")),
    Page("close a group", "groups/", (GROUP, "a[href$='/close/']")),
    Page("invite to a group", "groups/", (GROUP, "a[href$='/invite/']")),
    Page("take back a post", "groups/", (GROUP, "a[href='?tab=discussion']", "a[href$='/withdraw/']")),
    Page("meeting of a group", "groups/", (GROUP, "a[href='?tab=meetings']", "a[href$='/meetings/new/']")),
    Page("new group", "groups/new/"),
)
NOTIFICATIONS = Page("notifications", "notifications/")
WEEK = (Page("what waits for you", "tasks/"), Page("calendar", "calendar/"))
OWN_WORK = (
    *WEEK,
    *BALLOTS,
    *CONTESTS,
    Page("contest a case", "measures/ssi/?view=cases&outcome=not_met", ("a:has-text('Contest case')",)),
    Page("own target", "measures/ssi/target/", has_numbers=True),
    Page("own breakdown", "measures/ssi/breakdown/", has_numbers=True),
)
AGREEMENTS = (
    Page("agreements", "agreements/"),
    Page("text of an agreement", "agreements/", ("a[href*='/agreements/texts/']",)),
)
DOCUMENTS = (Page("documents", "documents/"), Page("document", "documents/", ("tbody a",)))
# Of hospitals whose people want to be found: not for those who look whether a page names another hospital.
DIRECTORY = Page("directory", "directory/")
ROSTER = (
    Page("roster", "roster/"),
    Page("cover", "roster/cover/"),
    Page("who has access", "people/access/"),
    Page("invite many", "people/upload/"),
)
PAGES = {
    "clinician": (*READER, *OWN_WORK, *NEWS, NOTIFICATIONS),
    "administrator": (
        HOME,
        PEOPLE,
        Page("invitation", "people/invite/"),
        *AGREEMENTS,
        Page("signature", "agreements/sign/data_use/"),
        *ROSTER,
        Page("way in", "way-in/"),
    ),
    # The work list is the home of abstractors.
    "abstractor": (
        HOME,
        Page("case form", "cases/", ("tbody a",)),
        Page("new case", "cases/new/"),
        CASE,
        GRID,
        MEASURES,
        *DOCUMENTS,
        *QUESTIONS,
        *LOG,
        Page("upload of a log", "log/?year=2026", ("tbody tr:nth-child(2) a", "a[href$='/upload/']")),
        Page("general question", "questions/new/"),
        *IMPORTS,
        *KEYS,
        TRAINING,
        CERTIFICATES,
        Page("module", "training/", ("a[href*='/modules/']",)),
        Page("exam", "training/", ("a[href*='/exams/']",)),
    ),
    "coordinator": (
        *CENTRE,
        *MEETING_WORK,
        *NEWS_WORK,
        *GROUPS,
        *WEEK,
        Page("when a task waits too long", "tasks/escalation/"),
        *BALLOTS,
        NOTIFICATIONS,
        Page("mails", "mails/"),
        Page("new ballot", "ballots/new/"),
        Page("register of agreements", "agreements/"),
        Page("agreements of a hospital", "agreements/", ("tbody a",)),
        Page("texts of agreements", "agreements/texts/"),
        Page("text to write", "agreements/texts/data_use/edit/"),
        *DOCUMENTS,
        DIRECTORY,
        Page("new document", "documents/new/"),
        *ROSTER,
        Page("way in of a hospital", "hospitals/", ("tbody a[href*='/hospitals/']", "a[href$='/way-in/']")),
        Page("merger", "hospitals/", ("tbody a[href*='/hospitals/']", "a[href$='/merge/']")),
        *CONTESTS,
        Page("who has reviewed a release", "releases/", (RELEASED, "a[href$='/reviewed/']")),
        Page("targets of hospitals", "measures/ssi/target/"),
        Page("supplied figures", "manage/figures/"),
        *QUESTIONS,
        QUALITY,
        Page("data quality of a hospital", "quality/", ("tbody a",)),
        *IMPORTS,
        Page("logs of a cycle", "log/"),
        Page("cases past their lock date", "log/past-lock/"),
        Page("follow-up of hospitals", "follow-up/"),
        Page("sampling rules", "sampling/"),
        Page("new sampling rule", "sampling/new/"),
        Page("cycles", "cycles/"),
        Page("new cycles", "cycles/new/"),
        Page("requests to unlock", "unlocks/"),
        AUDITS,
        AUDIT,
        AUDIT_REPORT,
        Page("new audit", "audits/new/"),
        TRAINING,
        CERTIFICATES,
        Page("certificate", "training/certificates/", ("tbody a",)),
        Page("training material", "training/manage/"),
        Page("new module", "training/manage/modules/new/"),
        Page("new test case", "training/manage/cases/new/"),
        Page("test case", "training/manage/", ("a[href*='/cases/']:not([href*='/new/'])",)),
        Page("new exam", "training/manage/exams/new/"),
        Page("exam in the making", "training/manage/", ("a[href*='/exams/']:not([href*='/new/'])",)),
        Page("forms", "manage/forms/"),
        Page("new form", "manage/forms/new/"),
        Page("upload of a form", "manage/forms/operation/upload/"),
        Page("versions of measures", "manage/measures/"),
        Page("new measure", "manage/measures/new/"),
        Page("versions of a measure", "manage/measures/ssi/"),
        Page("risk models", "manage/models/"),
        Page("new risk model", "manage/models/new/"),
        Page("versions of a risk model", "manage/models/ssi_2026/"),
        Page("trial fits", "manage/models/ssi_2026/trials/"),
        Page("two versions of a form", "dictionary/operation/difference/?old=1&new=2"),
        Page("language of conditions", "dictionary/expressions/"),
        Page("new release", "releases/new/"),
        Page("new hospital", "hospitals/new/"),
        Page("hospital joins", "hospitals/join/"),
        KEYS[0],
        Page("invitation", "people/invite/"),
    ),
    "biostatistician": (HOME, RELEASE, FUNNEL, CENTRE_MODEL),
    "director": (
        HOME,
        RELEASE,
        Page("withdrawal of a release", "releases/", (RELEASED, "a[href$='/withdraw/']")),
        Page("what releases must meet", "releases/policy/"),
        Page("access log", "access/"),
        PEOPLE,
    ),
    "validator": (AUDIT, Page("second abstraction", "audits/", ("tbody a", "a[href*='/audits/cases/']:last-of-type"))),
    "champion": (
        Page("private notice", "notice/"),
        AUDITS,
        AUDIT,
        AUDIT_REPORT,
        Page("set a target", "measures/ssi/target/", has_numbers=True),
    ),
    # The results of all hospitals are the home of observers.
    "sponsor": (HOME, NOTIFICATIONS, PLAIN, METHODS, CHARTER, HELP, *MEETINGS[:3]),
}
