"""The secrets of this machine: `secrets.yaml`, the environment, files that the environment names.

No value is ever in a message, in a `repr`, or in the chain of an error: YAML's own errors show the
line that they could not read, so they are dropped before a message is made.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from sgcomms.errors import WorkspaceError

FILE = "secrets.yaml"
ALLOWED_HOSTS = "allowed_hosts"
"""The one block of the file that is no account: ids have no underscore."""

PREFIX = "SGCOMMS_"

NAMES = frozenset(
    (
        "access_token",
        "access_token_secret",
        "api_key",
        "api_secret",
        "app_password",
        "app_secret",
        "password",
        "service_account_file",
        "token",
        "username",
    )
)
"""What variables of the environment may end in: else `SGCOMMS_X_API_KEY` might be `key` of `x-api`.
"""

MOST_BYTES = 1_000_000

_HOST = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_ACCOUNT = re.compile(r"[a-z0-9-]+")
_NAME = re.compile(r"[a-z0-9_]+")
_NOTHING = "tag:yaml.org,2002:null"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class AccountSecrets(Mapping[str, str]):
    """The secrets of one account by name. `hosts` are further hosts that they may be sent to."""

    def __init__(self, values: Mapping[str, str], hosts: frozenset[str] = frozenset()) -> None:
        self._values = dict(values)
        self.hosts = hosts

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"AccountSecrets({', '.join(sorted(self._values))})"


class Secrets:
    """The secrets of all accounts."""

    def __init__(
        self,
        values: Mapping[str, Mapping[str, str]],
        hosts: Mapping[str, frozenset[str]],
        doubtful: Mapping[str, str],
    ) -> None:
        self._values = {account: dict(own) for account, own in values.items()}
        self._hosts = dict(hosts)
        self._doubtful = dict(doubtful)

    def of(self, account: str) -> AccountSecrets:
        """Return the secrets of `account`, none of them empty.

        Raises WorkspaceError when a variable of the environment could be meant for this account
        and was taken for another's.
        """
        if account in self._doubtful:
            raise WorkspaceError(self._doubtful[account])
        return AccountSecrets(self._values.get(account, {}), self.hosts(account))

    def hosts(self, account: str) -> frozenset[str]:
        """Return the hosts that `secrets.yaml` allows beside the platform's own."""
        return self._hosts.get(account, frozenset())

    def values(self) -> frozenset[str]:
        """Return every secret there is, to be taken out of what is shown."""
        return frozenset(value for own in self._values.values() for value in own.values())

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._values))})"


def load_secrets(root: Path, environ: Mapping[str, str]) -> Secrets:
    """Return the secrets of the workspace `root`; the environment beats `secrets.yaml`.

    An empty value is as good as none. Raises WorkspaceError for a file that others may read, that
    cannot be read, or that is not made as `{account: {name: value}}`.
    """
    values, hosts = _from_file(root / FILE)
    doubtful: dict[str, str] = {}
    for variable in sorted(environ):
        readings = _readings(variable) or _readings(variable.removesuffix("_FILE"))
        for account, name in readings[1:]:
            if environ[variable]:
                doubtful[account] = (
                    f"{variable} is taken for another account's, but could be the {name} of "
                    f"{account}: write the secrets of {account} into {FILE} and rename the account"
                )
    for account, own in _from_environment(environ).items():
        values[account] = {**values.get(account, {}), **own}
    return Secrets(values, hosts, doubtful)


def _readings(variable: str) -> list[tuple[str, str]]:
    """Return the accounts and names that a variable can stand for, the longest name first."""
    if not variable.startswith(PREFIX):
        return []
    rest = variable.removeprefix(PREFIX)
    found = []
    for name in sorted(NAMES, key=len, reverse=True):
        account = rest.removesuffix(f"_{name.upper()}")
        if account not in ("", rest) and re.fullmatch(r"[A-Z0-9_]+", account):
            found.append((account.lower().replace("_", "-"), name))
    return found


def _from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    named: dict[str, dict[str, str]] = {}
    for variable, value in sorted(environ.items()):
        if not value:
            continue
        plain, file = _readings(variable), _readings(variable.removesuffix("_FILE"))
        if plain:
            account, name = plain[0]
            found.setdefault(account, {})[name] = _checked(value, variable)
        elif file and variable.endswith("_FILE"):
            account, name = file[0]
            content = _file_content(Path(value), variable)
            if content:
                named.setdefault(account, {})[name] = _checked(content, variable)
    for account, own in named.items():
        found[account] = {**own, **found.get(account, {})}
    return found


def _file_content(path: Path, variable: str) -> str:
    content, reason = _bytes(path)
    if content is None:
        raise WorkspaceError(f"the file that {variable} names cannot be read: {reason}")
    text = _text(content)
    if text is None:
        raise WorkspaceError(f"the file that {variable} names is not text in UTF-8")
    return text.removesuffix("\n").removesuffix("\r")


def _checked(value: str, place: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise WorkspaceError(
            f"{place} holds a line break or another character that no secret has: write it again"
        )
    return value


def _bytes(path: Path) -> tuple[bytes | None, str]:
    """Return what a file holds, or None and why it cannot be read."""
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None, "it is not a file"
            return file.read(MOST_BYTES), ""
    except OSError as error:
        return None, error.strerror or type(error).__name__


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _from_file(path: Path) -> tuple[dict[str, dict[str, str]], dict[str, frozenset[str]]]:
    if not os.path.lexists(path):
        return {}, {}
    _check_mode(path)
    content, reason = _bytes(path)
    if content is None:
        raise WorkspaceError(f"{FILE} cannot be read: {reason}")
    text = _text(content)
    if text is None:
        raise WorkspaceError(f"{FILE} is not text in UTF-8: save it as UTF-8")
    node = _composed(text)
    if isinstance(node, int):
        raise WorkspaceError(
            f"{FILE}, line {node}: this is no YAML; put values into quotes and indent with spaces"
        )
    if node is None or node.tag == _NOTHING:
        return {}, {}
    values: dict[str, dict[str, str]] = {}
    hosts: dict[str, frozenset[str]] = {}
    for account, own in _items(node, "accounts"):
        if account == ALLOWED_HOSTS:
            hosts = dict(_allowed(own))
        elif not _ACCOUNT.fullmatch(account):
            raise _misshaped(own, "the id of an account has small letters, digits and hyphens")
        else:
            values[account] = dict(_values(own))
    return values, hosts


def _check_mode(path: Path) -> None:
    if os.name != "posix":
        return
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise WorkspaceError(f"{FILE} cannot be read: {error.strerror}") from None
    if stat.S_ISREG(mode) and mode & 0o077:
        raise WorkspaceError(
            f"{FILE} can be read by others (mode {stat.S_IMODE(mode):o}): `chmod 600 {FILE}`, and "
            "think of changing the tokens in it"
        )


def _composed(text: str) -> yaml.Node | int | None:
    """Return the document, or the line where it stops being YAML."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return mark.line + 1 if mark else 1
    except (yaml.YAMLError, ValueError, RecursionError):
        return 1
    return node


def _items(node: yaml.Node, what: str) -> Iterator[tuple[str, yaml.Node]]:
    if node.tag == _NOTHING:
        return
    if not isinstance(node, yaml.MappingNode):
        raise _misshaped(node, f"{what} are written as `name: value`, one a line")
    seen = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _misshaped(key, f"{what} are written as `name: value`, one a line")
        if key.value in seen:
            raise _misshaped(key, "the same name stands here a second time")
        seen.add(key.value)
        yield key.value, value


def _values(node: yaml.Node) -> Iterator[tuple[str, str]]:
    for name, value in _items(node, "the secrets of an account"):
        if not isinstance(value, yaml.ScalarNode):
            raise _misshaped(value, "a secret is one text in quotes")
        if not _NAME.fullmatch(name):
            raise _misshaped(value, "the name of a secret has small letters and underscores")
        if value.value and value.tag != _NOTHING:
            line = value.start_mark.line + 1
            yield name, _checked(value.value, f"{FILE}, line {line}: the value")


def _allowed(node: yaml.Node) -> Iterator[tuple[str, frozenset[str]]]:
    for account, listed in _items(node, "the hosts of accounts"):
        if not isinstance(listed, yaml.SequenceNode):
            raise _misshaped(listed, f"{ALLOWED_HOSTS} is written as `account: [host, host]`")
        hosts = set()
        for item in listed.value:
            host = item.value.lower() if isinstance(item, yaml.ScalarNode) else ""
            if not _HOST.fullmatch(host):
                raise _misshaped(item, "a host is a name such as api.example.org, without https://")
            hosts.add(host)
        yield account, frozenset(hosts)


def _misshaped(node: yaml.Node, words: str) -> WorkspaceError:
    return WorkspaceError(f"{FILE}, line {node.start_mark.line + 1}: {words}")
