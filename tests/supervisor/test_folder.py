"""What lies in a data folder, and what a reset takes away."""

import pytest

from config.supervisor.account import server_account
from config.supervisor.errors import SupervisorError
from config.supervisor.folder import DataFolder, hold, published
from config.supervisor.keys import load_keys


def test_environment_wins_over_the_file(tmp_path):
    made = load_keys(tmp_path / "keys.env", {})

    named = load_keys(tmp_path / "keys.env", {"SECRET_KEY": "ours"})

    assert named == {**made, "SECRET_KEY": "ours"}


def test_secret_that_a_newer_version_needs_is_added(tmp_path):
    made = load_keys(tmp_path / "keys.env", {})
    lines = (tmp_path / "keys.env").read_text().splitlines(keepends=True)
    (tmp_path / "keys.env").write_text("".join(line for line in lines if "COLLOQUY_BACKUP_PASSWORD" not in line))

    again = load_keys(tmp_path / "keys.env", {})

    assert {name for name in made if made[name] != again[name]} == {"COLLOQUY_BACKUP_PASSWORD"}


def test_reset_removes_ours_and_leaves_the_rest(tmp_path):
    folder = DataFolder(tmp_path)
    folder.make()
    load_keys(folder.keys, {})
    for name in ("servers", "static", "mail", "letters"):
        (tmp_path / name).mkdir()
    for name in ("schedule.db", "static.stamp", "thesis.txt"):
        (tmp_path / name).touch()

    folder.empty(servers=tmp_path / "servers")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters", "logs", "thesis.txt"]


def test_servers_that_never_come_up_are_not_waited_for_without_end(tmp_path):
    with (
        hold(DataFolder(tmp_path), doing="nothing"),
        pytest.raises(SupervisorError, match="did not come up within 0 s"),
    ):
        published(DataFolder(tmp_path), patience=0)


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SupervisorError, match="The data folder .*/file/data cannot be made: Not a directory"):  # noqa: RUF043
        DataFolder(tmp_path / "file" / "data").make()


def test_data_of_another_version_are_refused(run, data):
    run("run", "--", "true")
    version = data / "servers" / "postgres" / "PG_VERSION"
    version.write_text("16\n")

    refused = run("run", "--", "true")

    assert refused.returncode == 1
    assert f"The data in {version.parent} were made by PostgreSQL 16" in refused.stderr


def test_lost_password_of_the_cluster_is_said_at_once(run, data):
    run("run", "--", "true")
    (data / "servers" / "superuser-password").write_text("a guess")

    refused = run("run", "--", "true")

    assert refused.returncode == 1
    assert f"The password beside {data / 'servers' / 'postgres'} does not open it." in refused.stderr


def test_root_needs_an_account_for_the_servers(monkeypatch):
    monkeypatch.setattr("config.supervisor.account.CANDIDATES", ("no-such-account",))
    monkeypatch.setattr("os.geteuid", lambda: 0)

    with pytest.raises(SupervisorError, match="Start as an ordinary user, or name a running PostgreSQL"):
        server_account()
