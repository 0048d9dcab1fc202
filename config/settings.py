"""Settings: every value that differs between machines comes from the environment (.env.example explains each)."""

import re
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from environs import Env


env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# How this process runs ------------------------------------------------------------------------------------------------

PROCESS = env.str("COLLOQUY_PROCESS", "web")
DEBUG = env.bool("DEBUG", False)
TESTING = "pytest" in sys.modules
DEMO = env.bool("COLLOQUY_DEMO", False)
DATA_DIR = Path(env.str("COLLOQUY_DATA_DIR", str(BASE_DIR / ".data")))
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
BASE_URL = env.str("BASE_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}")
HTTPS = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]


def _keys(text: str) -> list[tuple[int, bytes]]:
    """Read "2:<hex>,1:<hex>": the first key signs, all verify."""
    return [(int(kid), bytes.fromhex(key)) for kid, _, key in (part.partition(":") for part in text.split(","))]


TENANCY_KEYS = _keys(env.str("COLLOQUY_CONTEXT_KEYS"))

# Packages -------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "improvement.apps.ImprovementConfig",
    "coordination.week.apps.WeekConfig",
    "coordination.groups.apps.GroupsConfig",
    "coordination.news.apps.NewsConfig",
    "coordination.meetings.apps.MeetingsConfig",
    "feedback.reports.apps.ReportsConfig",
    "feedback.reviews.apps.ReviewsConfig",
    "feedback.apps.FeedbackConfig",
    "cases.quality.apps.QualityConfig",
    "cases.audits.apps.AuditsConfig",
    "cases.training.apps.TrainingConfig",
    "cases.log.apps.CaseLogConfig",
    "cases.questions.apps.QuestionsConfig",
    "cases.apps.CasesConfig",
    "measures.apps.MeasuresConfig",
    "collaboratives.roster.apps.RosterConfig",
    "collaboratives.ballots.apps.BallotsConfig",
    "collaboratives.agreements.apps.AgreementsConfig",
    "collaboratives.documents.apps.DocumentsConfig",
    "collaboratives.notifications.apps.NotificationsConfig",
    "collaboratives.apps.CollaborativesConfig",
    "sites.apps.SitesConfig",
    "accounts.apps.AccountsConfig",
    "events.apps.EventsConfig",
    "tenancy.apps.TenancyConfig",
    "ui.apps.UiConfig",
    "config.apps.ConfigConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.safe_headers",
    "config.middleware.request_ids",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.ViewerMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.shell.shell",
            ],
            "builtins": ["ui.templatetags.ui"],
        },
    }
]

FORM_RENDERER = "ui.forms.PlainRenderer"

# The database: the process signs in as a role that cannot step over the wall ------------------------------------------

STATEMENT_TIMEOUT = "600s" if PROCESS == "work" else "15s"
# A worker thinks between two statements: a model of a million cases takes longer than any page may.
IDLE_TIMEOUT = "30min" if PROCESS == "work" else "30s"


def _database(url: str, *, engine: str, options: str) -> dict[str, Any]:
    database: dict[str, Any] = dict(dj_database_url.parse(url))
    database["ENGINE"] = engine
    database["OPTIONS"] = {**database.get("OPTIONS", {}), "options": options}
    return database


DATABASES = {
    "default": {
        **_database(
            env.str("DATABASE_URL"),
            engine="tenancy.pgbackend",
            # Just-in-time compilation costs more than our statements do.
            options=f"-c jit=off -c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout=5s -c idle_in_transaction_session_timeout={IDLE_TIMEOUT}",
        ),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
if owner_url := env.str("OWNER_DATABASE_URL", ""):
    DATABASES["owner"] = _database(
        owner_url, engine="django.db.backends.postgresql", options="-c role=colloquy_owner -c lock_timeout=5s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Queue and cache ------------------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379")


def _redis(number: int, *, socket_scheme: str) -> str:
    """One server, apart by database number: 0 the queue, 1 the cache."""
    if REDIS_URL.startswith(("unix://", "redis+socket://")):
        path = REDIS_URL.partition("://")[2].partition("?")[0]
        query = "virtual_host" if socket_scheme == "redis+socket" else "db"
        return f"{socket_scheme}://{path}?{query}={number}"
    # A number given with the address is ours to choose.
    return f"{re.sub(r'/[0-9]*$', '', REDIS_URL)}/{number}"


CELERY_BROKER_URL = _redis(0, socket_scheme="redis+socket")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * 60 * 60,
    "unacked_restore_interval": 10,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,  # whoever saves a case does not wait for a broker that is away
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "events.tick", "schedule": 15.0, "options": {"expires": 14}},
    "clear_uploads": {"task": "cases.clear_uploads", "schedule": crontab(hour=3, minute=40)},
    "burden": {"task": "cases.measure_burden", "schedule": crontab(hour=2, minute=20)},
    "case-counts": {"task": "cases.count_cases", "schedule": crontab(minute="*/2"), "options": {"expires": 110}},
    "windows": {"task": "caselog.count_windows", "schedule": crontab(minute="*/2"), "options": {"expires": 110}},
    "locks": {"task": "caselog.lock_cycles", "schedule": crontab(minute="*/15"), "options": {"expires": 890}},
    "follow-up": {
        "task": "caselog.count_follow_up",
        "schedule": crontab(minute="5-55/10"),
        "options": {"expires": 590},
    },
    "ballots-due": {"task": "ballots.count_due", "schedule": crontab(), "options": {"expires": 55}},
    "release-due": {"task": "feedback.publish_due", "schedule": crontab(), "options": {"expires": 55}},
    "release-mail": {"task": "feedback.send_release_mail", "schedule": crontab(), "options": {"expires": 55}},
    "notification-mail": {"task": "notifications.send_mail", "schedule": crontab(), "options": {"expires": 55}},
    "meeting-mail": {"task": "meetings.send_mail", "schedule": crontab(), "options": {"expires": 55}},
    "waiting-lists": {"task": "week.refresh", "schedule": crontab(), "options": {"expires": 55}},
    "digests": {"task": "week.send_digests", "schedule": crontab(minute="*/5"), "options": {"expires": 290}},
    "escalation": {"task": "week.escalate", "schedule": crontab(minute=40), "options": {"expires": 3500}},
    "reviews-due": {"task": "measures.remind_reviews", "schedule": crontab(hour=5, minute=5)},
    "agreements": {"task": "agreements.remind", "schedule": crontab(hour=5, minute=20)},
    "no-events": {"task": "feedback.look_for_no_events", "schedule": crontab(hour=2, minute=43)},
    "quality": {"task": "quality.measure", "schedule": crontab(hour=2, minute=52)},
    "quality-refresh": {"task": "quality.refresh", "schedule": crontab(minute="*/10"), "options": {"expires": 590}},
    "clear-requests": {"task": "cases.clear_saved_requests", "schedule": 3600.0, "options": {"expires": 3500}},
}
EVENT_REACTIONS = "config.reactions.REACTIONS"
JOB_WORK = "config.reactions.JOBS"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _redis(1, socket_scheme="unix"),
        "KEY_PREFIX": "colloquy",
    }
}

# People ---------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "full_name"]},
    },
]
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignUpAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation proved the address
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
USERSESSIONS_TRACK_ACTIVITY = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Sides of the wall whose people need a second factor: they see every hospital by name.
SECOND_FACTOR_FOR: list[str] = env.list("COLLOQUY_SECOND_FACTOR_FOR", [] if DEMO or TESTING else ["centre"])
# Who tells dates to the calendars that people subscribe to: function(viewer, first, last) -> dated things.
CALENDAR_SOURCES = [
    "coordination.meetings.selectors.dates.dates_for",
    "cases.log.selectors.dates.dates_for",
    "cases.audits.selectors.due.dates_for",
    "feedback.selectors.due.dates_for",
    "collaboratives.ballots.selectors.due.dates_for",
    "collaboratives.agreements.selectors.dates.dates_for",
    "collaboratives.roster.selectors.dates.dates_for",
]
# Who knows people that belong together and are invited as one: function(viewer, meeting) -> circles.
MEETING_AUDIENCES = ["coordination.groups.selectors.audience.circles_for"]
# Who tells what waits for a person: function(viewer) -> due things.
TASK_SOURCES = [
    "cases.selectors.due.due_for",
    "cases.questions.selectors.due.due_for",
    "cases.log.selectors.due.due_for",
    "cases.audits.selectors.due.due_for",
    "feedback.selectors.due.due_for",
    "feedback.reviews.selectors.due.due_for",
    "collaboratives.ballots.selectors.due.due_for",
    "collaboratives.agreements.selectors.due.due_for",
    "collaboratives.documents.selectors.due.due_for",
    "collaboratives.roster.selectors.due.due_for",
    "coordination.meetings.selectors.due.due_for",
    "coordination.groups.selectors.due.due_for",
]
# What every mail looks like, for the coordinator: function(viewer) -> examples. A test finds templates without one.
MAIL_EXAMPLES = [
    "collaboratives.services.mail_examples.mail_examples",
    "config.mail_examples.mail_examples",
    "collaboratives.agreements.services.mail_examples.mail_examples",
    "collaboratives.documents.services.mail_examples.mail_examples",
    "measures.services.mail_examples.mail_examples",
    "cases.services.mail_examples.mail_examples",
    "feedback.services.mail_examples.mail_examples",
    "feedback.reviews.services.mail_examples.mail_examples",
    "coordination.meetings.services.mail_examples.mail_examples",
    "collaboratives.notifications.services.examples.mail_examples",
    "coordination.week.services.mail_examples.mail_examples",
]
# Asked by every service that enters real cases: (viewer, key of the form) -> EntryRefusedError, or None.
CASE_ENTRY_RULES = [
    "cases.selectors.agreements.refuse_without_agreements",
    "cases.training.selectors.certificates.refuse_uncertified",
]
# A hospital's way in, in this order: (participation) -> OnboardingStep.
ONBOARDING_STEPS = [
    "collaboratives.roster.selectors.onboarding.agreements_step",
    "collaboratives.roster.selectors.onboarding.people_step",
    "cases.training.selectors.onboarding.training_step",
    "cases.training.selectors.onboarding.practice_step",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# What every response carries ------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_HANDLERS = [
    "cases.http.LimitedUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CSRF_FAILURE_VIEW = "config.views.errors.csrf_failure"

# Programs: their address, and how often one key may ask ---------------------------------------------------------------

API_ROOT = "/api/"
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", 600)
# From one address, as sign-ins that fail are counted; a right key is refused then, too.
API_WRONG_KEYS_A_MINUTE = env.int("API_WRONG_KEYS_A_MINUTE", 10_000 if TESTING else 10)
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Colloquy",
    "VERSION": "1",
    "DESCRIPTION": "Submit and read the cases of one hospital, with the key of one of its people.",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "PREPROCESSING_HOOKS": ["config.openapi.only_ours"],
}

# Text, time, files ----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.staticfinder.NodeModulesFinder",
]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "colloquy@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO" if PROCESS == "work" else "WARNING")},
}
