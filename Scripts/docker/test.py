#!/usr/bin/env python3
"""Runs the steps of the Dockerfile without Docker, in bare Debians, and then the image's command. Wants root and debootstrap.

    test.py DIST

DIST is the folder that `make dist` has made, which the Dockerfile knows as .build-dist. A stage is a folder that starts as a
bare Debian; RUN runs in it as root, or as USER says; what a stage may do that this does not know is refused.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE = re.compile(r"debian:(\w+)-slim")


def instructions(text):
    """The instructions of a Dockerfile: name and arguments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for instruction in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if instruction.strip():
            name, _, arguments = instruction.strip().partition(" ")
            yield name.upper(), arguments.strip()


class Stage:
    """A stage, in a folder of its own."""

    def __init__(self, root):
        self.root, self.folder, self.user, self.environment = root, "/", "0", {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        self.entry, self.command = [], []

    def path(self, name):
        """A path of the stage as one of this machine."""
        return self.root / os.path.normpath(os.path.join(self.folder, name)).lstrip("/")

    def run(self, command, mounts=(), **options):
        """Runs a command as the stage's user, in the stage's folder."""
        mounted = []
        try:
            self.mount(["-t", "proc", "proc"], self.root / "proc", mounted)
            for source, target in mounts:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.mkdir() if source.is_dir() else target.touch()
                self.mount(["--bind", source], target, mounted)
            program = ["chroot", f"--userspec={self.user}", self.root, "/bin/sh", "-c", 'cd "$1" && shift && exec "$@"', "sh",
                       self.folder, *command]
            return subprocess.run([str(part) for part in program], env=self.environment, **options)
        finally:
            for target in reversed(mounted):
                subprocess.run(["umount", target], check=True)
            for _, target in mounts:
                target.rmdir() if target.is_dir() else target.unlink()

    @staticmethod
    def mount(what, target, mounted):
        subprocess.run(["mount", *map(str, what), str(target)], check=True)
        mounted.append(target)


class Build:
    def __init__(self, folder, context, base):
        self.folder, self.context, self.base = folder, context, base
        self.stages, self.stage = {}, None

    def step(self, name, arguments):
        getattr(self, f"do_{name.lower()}", self.unknown)(arguments)

    def unknown(self, arguments):
        raise SystemExit(f"an instruction that this script does not know, with {arguments}")

    def do_from(self, arguments):
        image, _, name = re.fullmatch(r"(\S+)( AS (\S+))?", arguments).groups()
        if not BASE.fullmatch(image):
            raise SystemExit(f"{image} is no bare Debian")
        root = self.folder / f"stage-{len(self.stages)}"
        subprocess.run(["cp", "-a", self.base, root], check=True)
        self.stage = self.stages[name or str(len(self.stages))] = Stage(root)

    def do_run(self, arguments):
        mounts = []
        while match := re.match(r"--mount=(\S+)\s+", arguments):
            options = dict(option.split("=", 1) for option in match[1].split(","))
            if options.pop("type") != "bind":
                raise SystemExit(f"a mount that this script does not know: {match[1]}")
            source = self.stages[options["from"]] if "from" in options else None
            place = source.root / options["source"].lstrip("/") if source else self.context / options["source"]
            mounts.append((place, self.stage.path(options["target"])))
            arguments = arguments[match.end():]
        result = self.stage.run(["/bin/sh", "-c", arguments], mounts, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode:
            raise SystemExit(f"RUN {arguments}\nended with {result.returncode}:\n{result.stdout[-3000:]}")

    def do_copy(self, arguments):
        parts = shlex.split(arguments)
        origin = self.context
        if parts[0].startswith("--from="):
            origin = self.stages[parts.pop(0).removeprefix("--from=")].root
        *sources, target = parts
        place = self.stage.path(target)
        place.mkdir(parents=True, exist_ok=True)
        for source in sources:
            path = origin / source.lstrip("/")
            if path.is_dir():
                shutil.copytree(path, place, dirs_exist_ok=True)
            else:
                shutil.copy(path, place)

    def do_env(self, arguments):
        self.stage.environment |= dict(part.split("=", 1) for part in shlex.split(arguments))

    def do_user(self, arguments):
        self.stage.user = arguments

    def do_workdir(self, arguments):
        self.stage.folder = os.path.join(self.stage.folder, arguments)
        self.stage.path(".").mkdir(parents=True, exist_ok=True)

    def do_entrypoint(self, arguments):
        self.stage.entry = json.loads(arguments)

    def do_cmd(self, arguments):
        self.stage.command = json.loads(arguments)

    def do_nothing(self, arguments):
        """What says something of the image, and changes nothing in it."""

    do_label = do_volume = do_expose = do_nothing


def context(folder, dist):
    """What .dockerignore lets Docker have."""
    target = folder / "context" / ".build-dist"
    target.mkdir(parents=True)
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")]
    for path in dist.iterdir():
        if any(pathlib.PurePath(".build-dist", path.name).match(pattern) for pattern in allowed):
            shutil.copy(path, target)
    return folder / "context"


def check(stage, folder):
    """Uses the image as its first lines say."""
    def reel(*arguments, status=0):
        result = stage.run([*stage.entry, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != status:
            raise SystemExit(f"reel {' '.join(arguments)} ended with {result.returncode}:\n{result.stdout[-2000:]}")
        return result.stdout

    def wants(what, holds):
        if not holds:
            raise SystemExit(f"the image: {what}: no")
        print(f"  {what}")

    sample = ROOT / "Samples" / "phoenix-replay-0.6" / "chat.recording"
    shutil.copy(sample, stage.path("chat.recording"))
    wants("--help without arguments", "SUBCOMMANDS" in reel(*stage.command))
    wants("imports into /data, not as root", "739 events" in reel("import", "chat.recording", "-o", "chat.reel")
          and stage.path("chat.reel").stat().st_uid == 10001)
    wants("keeps a store in SQLite", reel("store", "put", "chat.reel", "sqlite:store.db") is not None
          and "ChatLive" in reel("store", "ls", "sqlite:store.db"))
    # A server that is not there is what libpq says, and not that libpq is missing.
    refused = reel("store", "ls", "postgres://nobody@127.0.0.1:1/none", status=74)
    wants("has libpq", "onnection refused" in refused)
    leftovers = [path for path in ("reel.deb", "packages") if (stage.root / path).exists()]
    wants("holds neither the package nor lists of packages", not leftovers
          and not any((stage.root / "var/lib/apt/lists").glob("*_Packages*")))


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: test.py DIST")
    dist = pathlib.Path(sys.argv[1]).resolve()
    if not list(dist.glob("*.deb")):
        raise SystemExit(f"{dist} has no package: make dist")
    with tempfile.TemporaryDirectory(prefix="reel-docker-") as name:
        folder = pathlib.Path(name)
        # As the image's folders are, for users who are not root.
        folder.chmod(0o755)
        base = folder / "debian"
        subprocess.run([ROOT / "Scripts" / "bare-debian.sh", base], check=True)
        build = Build(folder, context(folder, dist), base)
        for instruction, arguments in instructions((ROOT / "Dockerfile").read_text()):
            print(instruction, " ".join(arguments.split())[:100], flush=True)
            build.step(instruction, arguments)
        size = lambda root: sum(
            path.lstat().st_size for path in (root / "usr").rglob("*") if path.is_file() and not path.is_symlink())
        print(f"the image has {(size(build.stage.root) - size(base)) / 1e6:.1f} MB more in /usr than its base, and")
        check(build.stage, folder)
    print("the steps of the Dockerfile work")


if __name__ == "__main__":
    main()
