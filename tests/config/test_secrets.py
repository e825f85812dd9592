"""The secrets of a machine: where they come from, which come first, and that none is shown."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from sgcomms.config.secrets import Secrets, load_secrets
from sgcomms.errors import WorkspaceError

CANARY = "EAACanary0123456789"


def write(root: Path, text: str | bytes, mode: int = 0o600) -> None:
    path = root / "secrets.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)


def load(root: Path, **environ: str) -> Secrets:
    return load_secrets(root, environ)


def refused(root: Path, **environ: str) -> str:
    """Return the words of the refusal, after a look whether anything of it shows a value."""
    with pytest.raises(WorkspaceError) as caught:
        load(root, **environ)
    whole = "".join(traceback.format_exception(caught.value))
    assert CANARY not in whole
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_nothing_is_there_where_nobody_wrote_anything(tmp_path: Path) -> None:
    secrets = load(tmp_path)
    assert dict(secrets.of("x")) == {}
    assert secrets.values() == frozenset()


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "x:\nfacebook: {}\n"])
def test_a_file_with_nothing_in_it_holds_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    assert load(tmp_path).values() == frozenset()


def test_values_are_texts_however_they_are_written(tmp_path: Path) -> None:
    write(
        tmp_path, 'x:\n  api_key: 0123\n  api_secret: "yes"\n  token: 1e5\n  username: 2027-01-01\n'
    )
    assert dict(load(tmp_path).of("x")) == {
        "api_key": "0123",
        "api_secret": "yes",
        "token": "1e5",
        "username": "2027-01-01",
    }


def test_the_environment_beats_the_file(tmp_path: Path) -> None:
    write(tmp_path, "x: {api_key: from-file, api_secret: stays}\n")
    found = load(tmp_path, SGCOMMS_X_API_KEY="from-environment").of("x")
    assert dict(found) == {"api_key": "from-environment", "api_secret": "stays"}


@pytest.mark.parametrize("nothing", ['""', "", "~", "null"])
def test_an_empty_value_is_as_good_as_none(tmp_path: Path, nothing: str) -> None:
    write(tmp_path, f"x:\n  api_key: {nothing}\n")
    assert dict(load(tmp_path).of("x")) == {}
    write(tmp_path, "x: {api_key: from-file}\n")
    assert load(tmp_path, SGCOMMS_X_API_KEY="").of("x")["api_key"] == "from-file"


def test_a_variable_can_name_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{CANARY}\r\n", encoding="utf-8")
    found = load(tmp_path, SGCOMMS_MY_PAGE_ACCESS_TOKEN_FILE=str(tmp_path / "key"))
    assert found.of("my-page")["access_token"] == CANARY
    assert load(
        tmp_path,
        SGCOMMS_X_API_KEY_FILE=str(tmp_path / "key"),
        SGCOMMS_X_API_KEY="plain",
    ).of("x") == {"api_key": "plain"}


def test_an_empty_file_overrides_nothing(tmp_path: Path) -> None:
    write(tmp_path, "x: {api_key: from-file}\n")
    (tmp_path / "key").write_text("\n", encoding="utf-8")
    found = load(tmp_path, SGCOMMS_X_API_KEY_FILE=str(tmp_path / "key"))
    assert found.of("x")["api_key"] == "from-file"


def test_a_secret_whose_name_ends_in_file_is_no_file_to_read(tmp_path: Path) -> None:
    found = load(tmp_path, SGCOMMS_WEBSITE_SERVICE_ACCOUNT_FILE="key.json").of("website")
    assert found == {"service_account_file": "key.json"}


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    words = refused(tmp_path, SGCOMMS_X_API_KEY_FILE=str(tmp_path / "nothing"))
    assert words.startswith("the file that SGCOMMS_X_API_KEY_FILE names cannot be read: ")
    assert str(tmp_path) not in words


def test_a_variable_of_another_account_is_never_taken(tmp_path: Path) -> None:
    secrets = load(tmp_path, SGCOMMS_X_API_KEY="of x", SGCOMMS_NOW="2027", SGCOMMS_="", PATH="/")
    assert dict(secrets.of("x")) == {"api_key": "of x"}
    assert dict(secrets.of("x-api")) == {}


@pytest.mark.parametrize("ending", ["", "_FILE"])
def test_a_variable_that_two_accounts_could_mean_is_refused_to_the_second(
    tmp_path: Path, ending: str
) -> None:
    (tmp_path / "key").write_text(CANARY, encoding="utf-8")
    value = str(tmp_path / "key") if ending else CANARY
    secrets = load_secrets(tmp_path, {f"SGCOMMS_X_ACCESS_TOKEN{ending}": value})
    assert secrets.of("x") == {"access_token": CANARY}
    with pytest.raises(WorkspaceError, match="could be the token of x-access") as caught:
        secrets.of("x-access")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o601, 0o777])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    write(tmp_path, f"x: {{api_key: {CANARY}}}\n", mode)
    assert "`chmod 600 secrets.yaml`" in refused(tmp_path)


def test_a_file_that_only_its_owner_may_read_is_taken(tmp_path: Path) -> None:
    write(tmp_path, f"x: {{api_key: {CANARY}}}\n", 0o400)
    assert load(tmp_path).of("x")["api_key"] == CANARY


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"x:\n  api_key: {CANARY}: more\n", 2),
        (f'x:\n  api_key: "{CANARY}\n', 3),
        (f"x:\n\tapi_key: {CANARY}\n", 2),
        (f"x: {{api_key: [{CANARY}\n", 2),
        (f"- {CANARY}\n", 1),
        (f"{CANARY}\n", 1),
        (f"x: {CANARY}\n", 1),
        (f"x:\n  api_key: {{a: {CANARY}}}\n", 2),
        (f"x:\n  api_key: [{CANARY}]\n", 2),
        (f"x:\n  {CANARY}: y\n", 2),
        (f"{CANARY}: {{api_key: y}}\n", 1),
        (f"x:\n  api_key: {CANARY}\n  api_key: {CANARY}\n", 3),
        (f"x:\n  api_key: {CANARY}\nx:\n  api_secret: {CANARY}\n", 3),
        (f'x:\n  api_key: "{CANARY}\\nmore"\n', 2),
        (f"x: {{? [a] : {CANARY}}}\n", 1),
        (f"x: {{api_key: y}}\n---\ny: {{api_key: {CANARY}}}\n", 2),
        (f"allowed_hosts: {{x: {CANARY}}}\n", 1),
        (f'allowed_hosts: {{x: ["https://{CANARY}.example.org"]}}\n', 1),
        (f"allowed_hosts: {{x: [{CANARY}]}}\n", 1),
        (f"allowed_hosts: [{CANARY}]\n", 1),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused_by_its_line(
    tmp_path: Path, text: str, line: int
) -> None:
    write(tmp_path, text)
    assert refused(tmp_path).startswith(f"secrets.yaml, line {line}: ")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    write(tmp_path, f"x: {{api_key: {CANARY}\xff}}\n".encode("latin-1"))
    assert "UTF-8" in refused(tmp_path)
    write(tmp_path, f"x: {{api_key: {CANARY}}}\n".encode("utf-8-sig"))
    assert load(tmp_path).of("x")["api_key"] == CANARY


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").mkdir(mode=0o700)
    assert refused(tmp_path).startswith("secrets.yaml cannot be read: ")


def test_a_line_break_in_a_value_is_refused(tmp_path: Path) -> None:
    words = refused(tmp_path, SGCOMMS_X_API_KEY=f"{CANARY}\n")
    assert words.startswith("SGCOMMS_X_API_KEY holds a line break")


def test_hosts_that_may_have_a_token_are_named_for_one_account(tmp_path: Path) -> None:
    write(tmp_path, "allowed_hosts: {facebook: [Relay.example.org]}\nx: {api_key: y}\n")
    secrets = load(tmp_path)
    assert secrets.hosts("facebook") == {"relay.example.org"}
    assert secrets.of("facebook").hosts == {"relay.example.org"}
    assert secrets.hosts("x") == frozenset()
    assert "allowed_hosts" not in secrets.of("facebook")


def test_no_secret_is_shown_by_what_holds_it(tmp_path: Path) -> None:
    write(tmp_path, f"x: {{api_key: {CANARY}}}\n")
    secrets = load(tmp_path)
    assert repr(secrets) == "Secrets(x)"
    assert repr(secrets.of("x")) == "AccountSecrets(api_key)"
    assert secrets.values() == {CANARY}
