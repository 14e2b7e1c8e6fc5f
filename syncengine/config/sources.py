"""Where settings stand: the command line, the environment, an env file, ``config.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from syncengine.config.values import Variable

ENV_FILE = "SYNCENGINE_ENV_FILE"
_COMMAND_LINE = "on the command line"
_OPTIONS = {"SYNCENGINE_DATABASE_URL": "--db"}
"""What an option is called that sets a variable."""
_FOLDERS: Mapping[str, tuple[object, ...]] = {
    "link": ("auto", "hard", "sym", "copy"),
    "move": (False, True),
    "liked": (True, False),
}
"""What ``[folders]`` of config.toml may say beside ``priority``."""
_OURS = ("SYNCENGINE_", "SPOTIFY_", "NOTION_")


class Reading:
    """What the sources say, the strongest first, and ``problems``: all that is wrong with them.

    A setting that is given empty has its default, whatever weaker sources say.
    """

    def __init__(self, known: Mapping[str, Variable]) -> None:
        self.problems: list[str] = []
        self.folders_priority: tuple[str, ...] = ()
        self.folders: dict[str, object] = {}
        self.notion_properties: dict[str, str] = {}
        self._known = known
        self._layers: list[tuple[str, Mapping[str, str]]] = []

    def add_command_line(self, found: Mapping[str, str]) -> None:
        """Take what options say, by variable name."""
        self._layers.append((_COMMAND_LINE, found))

    def add_environment(self, environ: Mapping[str, str]) -> None:
        """Take the environment, in which only names that start with SYNCENGINE_ are surely ours."""
        for name in environ:
            if name.startswith("SYNCENGINE_") and name != ENV_FILE:
                self._check_name(name, "in the environment")
        self._layers.append(("in the environment", environ))

    def add_env_file(self, named: str | None) -> None:
        """Take the file that was named, else ``.env`` if there is one; an empty name means none."""
        path = Path(".env" if named is None else named).expanduser()
        implied = named is None
        if named == "" or (implied and (path.is_dir() or not path.exists())):
            return
        text = self._text_of(path)
        if text is not None:
            self._layers.append((f"in {path}", self._bindings(text, path)))

    def add_config_file(self, path: Path) -> None:
        """Take a TOML file whose keys are variable names, in lower or upper case."""
        text = self._text_of(path) if path.exists() else None
        if text is None:
            return
        import tomllib  # costs 10 ms, and most people have no such file

        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.problems.append(f"{path}: {error}")
            return
        found: dict[str, str] = {}
        for key, value in content.items():
            name = key.upper()
            if isinstance(value, dict):
                self._add_table(key, value, path)
            elif name in found:
                self.problems.append(f"{name} stands twice in {path}")
            elif self._check_name(name, f"in {path}"):
                found[name] = self._as_text(self._known[name], value, path)
        self._layers.append((f"in {path}", found))

    def values(self) -> dict[str, object]:
        """Return the values that decide, by field; settings left at their default are not in it."""
        found: dict[str, object] = {}
        for name, variable in self._known.items():
            source, given = self._given(name)
            if not given.strip():
                continue
            try:
                found[variable.field] = variable.parse(given)
            except ValueError as error:
                option = _OPTIONS.get(name) if source == _COMMAND_LINE else None
                self.problems.append(f"{option or f'{name} {source}'} {error}")
        return found

    def _given(self, name: str) -> tuple[str, str]:
        for source, layer in self._layers:
            if name in layer:
                return source, layer[name]
        return "", ""

    def _check_name(self, name: str, source: str) -> bool:
        if name in self._known:
            return True
        if name == ENV_FILE:
            self.problems.append(f"{name} {source} has no effect: set it in the environment")
            return False
        from difflib import get_close_matches

        near = get_close_matches(name, self._known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        self.problems.append(f"{name} {source} is no setting{hint}")
        return False

    def _text_of(self, path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.problems.append(f"{path} is not UTF-8")
        except OSError as error:
            self.problems.append(f"{path} cannot be read: {error.strerror or error}")
        return None

    def _bindings(self, text: str, path: Path) -> dict[str, str]:
        from io import StringIO

        from dotenv.parser import parse_stream  # costs 20 ms, and cron jobs seldom have a .env

        found: dict[str, str] = {}
        for binding in parse_stream(StringIO(text)):
            name = binding.key
            if binding.error or (name in self._known and binding.value is None):
                line = binding.original.line + _blank_lines(binding.original.string)
                self.problems.append(f"{path}, line {line}: not NAME=value")
            elif name and name.startswith(_OURS) and self._check_name(name, f"in {path}"):
                found[name] = binding.value or ""
        return found

    def _as_text(self, variable: Variable, value: object, path: Path) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        items = _texts(value)
        if items is not None and variable.separator is not None:
            return variable.separator.join(items)
        self.problems.append(f"{variable.name} in {path} has a value of the wrong kind")
        return ""

    def _add_table(self, name: str, table: Mapping[str, object], path: Path) -> None:
        for key, value in table.items():
            if (name, key) == ("folders", "priority"):
                self.folders_priority = _texts(value) or ()
                if _texts(value) is None:
                    self.problems.append(f"[folders] priority in {path} must be a list of texts")
            elif name == "folders" and key in _FOLDERS:
                if value in _FOLDERS[key]:
                    self.folders[f"folders_{key}"] = value
                else:
                    choices = ", ".join(map(_toml, _FOLDERS[key]))
                    self.problems.append(f"[folders] {key} in {path} must be one of {choices}")
            elif (name, key) == ("notion", "properties") and isinstance(value, dict):
                self._add_properties("", value, path)
            else:
                self.problems.append(f"[{name}] {key} in {path} is no setting")

    def _add_properties(self, prefix: str, table: Mapping[str, object], path: Path) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                self._add_properties(f"{prefix}{key}.", value, path)
            elif isinstance(value, str) and value.strip():
                self.notion_properties[prefix + key] = value
            else:
                self.problems.append(f"[notion.properties] {prefix}{key} in {path} must be a text")


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    items = tuple(item for item in value if isinstance(item, str))
    return items if len(items) == len(value) else None


def _blank_lines(text: str) -> int:
    """Return how many line ends stand before the first mark: the parser counts from above them."""
    return text[: len(text) - len(text.lstrip())].count("\n")
