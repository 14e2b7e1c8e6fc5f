"""Every command by name. A command's module is imported when it is called, and not before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its words, and one line of help.

    ``stands_in`` says that it runs when its group is called without a command. ``check_settings``
    says that wrong settings end it before it starts. ``room`` is the package its module is in.
    """

    name: str
    about: str
    stands_in: bool = False
    check_settings: bool = True
    attribute: str = "command"
    room: str = "syncengine.cli.commands"

    @property
    def words(self) -> tuple[str, ...]:
        """The words that call it."""
        return tuple(self.name.split())

    @property
    def module(self) -> str:
        """The module that holds it."""
        stem = self.name.replace(" ", "_").replace("-", "_")
        return f"{self.room}.{stem}"


GROUPS = {
    "history": "The snapshots, the library as it was, and what changed",
    "playlists": "Every playlist with its names, keys and freshness",
    "enrich": "Popularity and ISRC, in a file to look through before it counts",
    "auth": "Sign in to Spotify, and out",
    "notion": "Set Notion up, check it, bring one page up to date",
    "files": "Audio files: which tracks they are, and the playlist folders",
    "db": "Look after the database",
}

COMMANDS = (
    Entry("import-csv", "Take one snapshot from exports"),
    Entry("fetch", "Take one snapshot from the Spotify Web API"),
    Entry("reconcile", "Plan what brings each sink into agreement, ask, and do it"),
    Entry("apply", "Do exactly what a saved plan says"),
    Entry("remediate", "Find what is wrong in Notion, and put it right"),
    Entry("sync", "Import, fetch, reconcile and apply: the cron job"),
    Entry("status", "Last snapshots, freshness, pending changes, last runs"),
    Entry("history list", "List the snapshots"),
    Entry("history at", "Show the library as it was"),
    Entry("history diff", "Show what changed between two moments"),
    Entry("history track", "Tell one track's life: playlists, facts, popularity"),
    Entry("history playlist", "Tell one playlist's life: size, what came and went, who stayed"),
    Entry("history trends", "Show how the library evolves"),
    Entry("history restore", "Bring a playlist at Spotify back to what it was"),
    Entry("history drop", "Forget a snapshot that was imported by mistake"),
    Entry("playlists list", "List every playlist", stands_in=True),
    Entry("playlists join", "Say that two playlists are one"),
    Entry("playlists split", "Say that a join was wrong"),
    Entry("playlists-of", "Find every playlist that holds a track"),
    Entry("merge", "Make one playlist of several, each recording once"),
    Entry("tracks", "Search the tracks"),
    Entry("duplicates", "Find the same recording under several entries"),
    Entry("enrich fetch", "Write popularity and ISRC into a file to look through"),
    Entry("enrich apply", "Take a file that was looked through into the library"),
    Entry("enrich undo", "Take back what was applied from a file"),
    Entry("export", "Write any moment of the library as files"),
    Entry("report", "Write one HTML page with the charts of the library's life"),
    Entry("auth login", "Sign in to Spotify"),
    Entry("auth status", "Show who is signed in, and until when"),
    Entry("auth logout", "Forget the Spotify sign-in"),
    Entry("notion init", "Make the databases in Notion, or complete them"),
    Entry("notion kept", "List what stays in Notion as you wrote it, or take that back"),
    Entry("notion check", "Look whether Notion is ready for a sync"),
    Entry("notion sync-page", "Bring one page up to date from its Spotify URI"),
    Entry("files scan", "Look through the music folders, and match what is there"),
    Entry("files explain", "Say why a file is of a track, or which files come near to a track"),
    Entry("files decide", "Say that a file is a track, or that it is not"),
    Entry("files missing", "List the tracks without a file, by playlist"),
    Entry("files orphans", "List the files without a track"),
    Entry("files adopt", "Take an existing tree of audio files into the playlist folders"),
    Entry("files undo", "Take back what a run did to the playlist folders"),
    Entry("place", "Put one audio file into the folders of its playlists"),
    Entry("db upgrade", "Bring the database to the present schema"),
    Entry("db check", "Check that the database is sound"),
    Entry("db backup", "Write a copy of the database"),
    Entry("demo", "Run the main job on the bundled sample library"),
    Entry("help", "Explain a command or a topic", check_settings=False),
)
