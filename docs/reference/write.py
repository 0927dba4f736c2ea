"""Writes the reference pages beside this file from the code, so that they cannot lie; a test says when one is stale.

python docs/reference/write.py
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer.main

import adapters
import bot
import storage
from adapters.slack.config import SlackSettings
from adapters.teams.config import TeamsSettings
from bot.app.command_row import Command, Kind
from bot.app.commands import COMMANDS
from bot.delivery.notices import NOTICES
from bot.domain.person import Role
from bot.errors import Refusal, SetupError
from bot.runtime.metrics import Metrics
from bot.ui.strings import Words, words

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TITLES = {Kind.TYPED: "Typed", Kind.PRESSED: "Buttons", Kind.SENT: "Forms"}
NOTE = "<!-- Written by docs/reference/write.py from the code; change the code, then run it again. -->\n\n"

COMMANDS_INTRO = """# Commands, buttons and forms

Every action of the program, as its table of commands holds it (`bot/app/commands.py`). Roles and
the relation to what an action names are checked before it runs. Names of typed commands can be changed per chat, see
[Slack](../slack.md) and [Teams](../teams.md).
"""

ROLES_INTRO = """# Roles

Who may do what, and to what. A person holds any set of roles; they are read from the database for every single step, so
a role taken away or a person removed counts at once, on every platform and in open sessions. Nothing of another
organisation can be named at all: an id from elsewhere is answered like one that does not exist.

| Role | Is for | Reads the text of cases |
|---|---|---|
| therapist | presenting, reviewing, own log | own cases; cases assigned to them, until they step out |
| supervisor | rounds, who is due, risk, signing | cases they take part in; others with a recorded, told reason |
| manager | reports without text and names | never |
| dpo | audit trail, export, erasure | never |
| admin | platforms, groups, people, policies | never |

The tables below are written from the table of commands and walked by a test, command by role by relation.
"""

COMMAND_LINE_INTRO = """# Command line

Everything `intervision` does in a shell. Mistakes end with an exit code other than 0.
"""

CONFIGURATION_INTRO = """# Configuration

One TOML file. `intervision check` tells all its mistakes at once. A secret can stand in a file of its own: write
`<key>_file` instead of `<key>`.
"""

NOTICES_INTRO = """# Messages

Every message the program sends by itself, as its table holds it (`bot/delivery/notices.py`). What asks somebody, what
they wait for and what frees them is a new message everywhere; a state is an edit of the message about the same matter.
A test sends each of them on each platform and looks at the wire.

| | A new message | An edit |
|---|---|---|
| Slack | `chat.postMessage`: banner, badge, unread | `chat.update`: none of these |
| Teams | `POST` of an activity: banner, badge, unread | `PUT` of the activity: none of these |
| notices on the page | unread, counted at the top | changed where it stands |
| e-mail | a mail in the thread of its matter | no mail |

Once a new message is out, the earlier one of the same matter becomes one line whose only button shows where it stands
today. What comes within one minute for one person is one message. *In hours* means in the hours for messages of a day
on which the person works; what waits for them comes at the time for reminders. An edit rings nowhere and waits for
nothing.
"""

RULE_SETS_INTRO = """# Rule sets of the supervision log

A rule set says what counts as supervision and how much of it. It never claims accreditation: the body itself decides.
Each was read beside its body's text as the body's officer would read an export; what an officer could object to and
the log cannot answer is named here and printed on the export. Bodies that ask for peer meetings do not take led groups
for them, and the other way round. Rounds are written work: where it is counted for a body, the export says that the
body decides whether it takes it. Add your own: [how to](../howto/rule-set.md).
"""

ERRORS_INTRO = """# Refusals and set-up mistakes

A refusal is an answer: its name stands in the log (`refusal=`), its sentence in front of the person. Words in braces
are filled in.

## Refusals

| Name | The person reads |
|---|---|"""


def commands() -> str:
    """What a person can do, by how it arrives."""
    parts = [COMMANDS_INTRO]
    for kind, title in TITLES.items():
        rows = [_command_row(c) for c in COMMANDS if c.kind is kind]
        parts.append(f"## {title}\n\n| Key | What it does | Roles |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _command_row(command: Command) -> str:
    roles = sorted(role.value for role in command.roles)
    return f"| `{_name(command)}` | {command.about} | {'everybody' if len(roles) == 5 else ', '.join(roles)} |"


def roles() -> str:
    """Commands × roles × relations."""
    parts = [ROLES_INTRO]
    for kind, title in TITLES.items():
        head = (
            "| Key | " + " | ".join(role.value for role in Role) + " | About |\n|---" + "|---" * (len(Role) + 1) + "|"
        )
        rows = [_access_row(c) for c in COMMANDS if c.kind is kind]
        parts.append("\n".join([f"## {title}\n", head, *rows]) + "\n")
    return "\n".join(parts)


def _access_row(command: Command) -> str:
    marks = " | ".join("yes" if role in command.roles else "–" for role in Role)
    return f"| `{_name(command)}` | {marks} | {command.relation.value} |"


def _name(command: Command) -> str:
    return f"/{command.key}" if command.kind is Kind.TYPED else command.key


def command_line() -> str:
    """The `intervision` command with every sub-command and option."""
    from bot.cli.main import app

    parts = [COMMAND_LINE_INTRO]
    parts += [_described(path, command) for path, command in _leaves("intervision", typer.main.get_command(app))]
    return "\n".join(parts)


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """The commands without sub-commands, depth first; Typer carries its own, untyped copy of click."""
    for name, below in getattr(command, "commands", {}).items():
        yield from _leaves(f"{path} {name}", below)
    if not hasattr(command, "commands"):
        yield path, command


def _described(path: str, command: Any) -> str:
    rows = [
        f"| `{' '.join(p.opts) if p.param_type_name == 'option' else p.name.upper()}` | {_cell(p.help or '')} |"
        for p in command.params
        if p.name != "help"
    ]
    table = "\n| Argument, option | Meaning |\n|---|---|\n" + "\n".join(rows) + "\n" if rows else ""
    return f"## {path}\n\n{inspect.cleandoc(command.help or '')}\n{table}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def configuration() -> str:
    """`config.example.toml` and the sections of the chat platforms."""
    parts = [
        CONFIGURATION_INTRO,
        "```toml\n" + (ROOT / "config.example.toml").read_text(encoding="utf-8").strip() + "\n```\n",
        _section("adapters.slack", SlackSettings),
        _section("adapters.teams", TeamsSettings),
    ]
    return "\n".join(parts)


def _section(name: str, model: type[SlackSettings] | type[TeamsSettings]) -> str:
    meanings = _docstrings(model)
    rows = [
        f"| `{key}` | {_default(field.get_default(call_default_factory=True))} | {_cell(meanings.get(key, ''))} |"
        for key, field in model.model_fields.items()
    ]
    return f"## [{name}]\n\n| Key | Default | Meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _docstrings(model: type) -> dict[str, str]:
    """The string below each field of a settings class."""
    import ast

    (body,) = (n for n in ast.parse(inspect.getsource(model)).body if isinstance(n, ast.ClassDef))
    found, name = {}, ""
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            found[name], name = str(node.value.value), ""
    return found


def _default(value: object) -> str:
    if value in (None, "", [], {}) or "Secret" in type(value).__name__:
        return "empty"
    if isinstance(value, dict):
        return ", ".join(f"`{k} = {v}`" for k, v in value.items())
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


METRICS_INTRO = """# Metrics and log

`/metrics` on the web server, for Prometheus; no number is about a person. Every replica reports the same queue, so a
monitor takes the maximum of a gauge, and the sum of a counter. A board and alert rules:
[put it on a server](../deploy/index.md).
"""

LOG_INTRO = """
## Events of the log

One line an event on standard error, JSON with `json_lines = true`. Fields are ids, names of actions and
reasons. A mistake in the program has its kind (`error`), the files and lines it came from, innermost first (`place`),
and a short key that is the same for the same mistake (`fault`). What a library says is `library.message` with a place.
"""


def metrics() -> str:
    """Every metric and every event that the program logs."""
    rows = [f"| `{name}` | {_cell(about)} |" for name, about in Metrics().catalogue()]
    events = sorted({(name, level, where) for name, level, where in _logged()})
    lines = [
        METRICS_INTRO,
        "| Metric | What it says |",
        "|---|---|",
        *rows,
        LOG_INTRO,
        "| Event | Level | Where |",
        "|---|---|---|",
    ]
    return "\n".join([*lines, *(f"| `{name}` | {level} | `{where}` |" for name, level, where in events), ""])


def _logged() -> Iterator[tuple[str, str, str]]:
    """Calls like `log.warning("dispatch.failed", …)` and `report(log, "tick.failed", …)` in the sources."""
    for package in ("bot", "adapters", "storage"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Attribute(attr="debug" | "info" | "warning" | "error" as level),
                        args=[ast.Constant(value=str(name)), *_],
                    ) if re.fullmatch(r"[a-z]+\.[a-z_.]+", name):
                        yield name, level, str(path.relative_to(ROOT))
                    case ast.Call(func=ast.Name(id="report"), args=[_, ast.Constant(value=str(name)), *_]):
                        yield name, "error", str(path.relative_to(ROOT))


def rule_sets() -> str:
    """What each shipped rule set counts."""
    parts = [RULE_SETS_INTRO]
    for path in sorted((ROOT / "bot" / "reports" / "rule_sets").glob("*.toml")):
        rules = tomllib.loads(path.read_text(encoding="utf-8"))
        parts.append(f"## {rules['name']}\n\n`{path.stem}`. {rules['states']['en']}\n")
        if "not_compared" in rules:
            parts.append(f"Not compared, or not known: {rules['not_compared']['en']}\n")
        if "source" in rules:
            parts.append(f"Source: <{rules['source']}>, read on {rules['read']}.\n")
    return "\n".join(parts)


def notices() -> str:
    """The page about messages."""
    w = words("en")
    lines = [NOTICES_INTRO, "\n| Name | Says | Kind | When |\n|---|---|---|---|\n"]
    for name, kind in sorted(NOTICES.items()):
        title = _title(w, f"notice.{name}.title")
        hours = "in hours, on leave too" if kind.on_leave else "in hours"
        when = "at any hour" if kind.any_hour else hours if kind.rings else "at once, as an edit"
        also = "" if kind.rings or kind.only_edit else "; a new message where there is none to edit"
        lines.append(f"| `{name}` | {_cell(title)} | {kind.ring.value} | {when}{also} |\n")
    return "".join(lines)


def _title(w: Words, key: str) -> str:
    """A message's title with "…" for what differs; "" where the title depends on what it is about."""
    values: dict[str, str] = {}
    while w.has(key):
        try:
            return w(key, **values)
        except KeyError as missing:
            values[missing.args[0]] = "…"
    return ""


def errors() -> str:
    """Every refusal a person may read and every set-up mistake, by name."""
    _import_everything()
    say = words("en")
    parts = [ERRORS_INTRO]
    refusals = {_key(c): c for c in _below(Refusal)}
    parts += [f"| `{key}` | {_cell(say.sentences()[f'refusal.{key}'])} |" for key in sorted(refusals)]
    parts.append("\n## Set-up mistakes\n\nThe command ends with code 2 and one sentence.\n\n| Name | When |\n|---|---|")
    mistakes = {c.__name__: (c.__doc__ or "").split("\n")[0] for c in [SetupError, *_below(SetupError)]}
    parts += [f"| `{name}` | {_cell(about)} |" for name, about in sorted(mistakes.items())]
    return "\n".join(parts) + "\n"


def _import_everything() -> None:
    for package in (bot, adapters, storage):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if "__main__" not in module.name and ".migrations." not in module.name:
                importlib.import_module(module.name)


def _below(cls: type[Exception]) -> Iterator[type[Exception]]:
    for sub in cls.__subclasses__():
        if sub.__module__.split(".")[0] in {"bot", "adapters", "storage"}:
            yield sub
            yield from _below(sub)


def _key(cls: type[Exception]) -> str:
    instance = cls.__new__(cls)
    assert isinstance(instance, Refusal)
    return instance.key


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "roles.md": roles,
    "command-line.md": command_line,
    "configuration.md": configuration,
    "rule-sets.md": rule_sets,
    "errors.md": errors,
    "metrics.md": metrics,
    "notices.md": notices,
}


def written(name: str) -> str:
    """A page as it should read."""
    return NOTE + PAGES[name]()


def main() -> None:
    """Write every page."""
    for name in PAGES:
        (HERE / name).write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
