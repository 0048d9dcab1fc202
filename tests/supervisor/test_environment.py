"""What each process is given, and what it is not."""

import pytest

from config.supervisor.environment import for_beat, for_setup, for_web, for_work


EVERYTHING = {
    "PATH": "/bin",
    "SECRET_KEY": "secret",
    "COLLOQUY_CONTEXT_KEYS": "1:00",
    "COLLOQUY_BLINDING_KEY": "blinding",
    "DATABASE_URL": "app",
    "WORK_DATABASE_URL": "work",
    "OWNER_DATABASE_URL": "owner",
    "ADMIN_DATABASE_URL": "admin",
    "BACKUP_DATABASE_URL": "backup",
    "COLLOQUY_MIGRATOR_PASSWORD": "password",
    "COLLOQUY_APP_PASSWORD": "password",
    "COLLOQUY_WORK_PASSWORD": "password",
    "COLLOQUY_BACKUP_PASSWORD": "password",
    "REDIS_URL": "redis",
}
COMMON = {"PATH": "/bin", "SECRET_KEY": "secret", "COLLOQUY_CONTEXT_KEYS": "1:00", "REDIS_URL": "redis"}
NUMERIC = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@pytest.mark.parametrize(("environment_for", "process"), [(for_web, "web"), (for_beat, "beat")])
def test_web_and_beat_know_the_web_role_only(environment_for, process):
    assert environment_for(EVERYTHING) == {**COMMON, "DATABASE_URL": "app", "COLLOQUY_PROCESS": process}


def test_worker_signs_in_as_itself_and_knows_the_blinding_key():
    assert for_work(EVERYTHING) == {
        **COMMON,
        **NUMERIC,
        "DATABASE_URL": "work",
        "COLLOQUY_BLINDING_KEY": "blinding",
        "COLLOQUY_PROCESS": "work",
    }


def test_set_up_is_the_worker_that_can_also_migrate():
    assert for_setup(EVERYTHING) == {**for_work(EVERYTHING), "OWNER_DATABASE_URL": "owner"}
