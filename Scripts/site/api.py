"""The documentation of the libraries, made by DocC of a finished build: no plugin and no second build are needed."""

import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

# The libraries, each after those that it imports.
MODULES = [
    "ExternalTerm", "GzipMembers", "Reel", "ReelJSON", "ReelStore", "ReelStoreSQLite", "ReelStorePostgres", "ReelRetention",
    "ReelRecorder", "ReelDashboard",
]


def tool(name):
    """A tool of Swift's, beside the compiler if it is not in PATH."""
    path = shutil.which(name)
    if path is None and (swift := shutil.which("swift")):
        beside = pathlib.Path(swift).resolve().parent / name
        path = str(beside) if beside.exists() else None
    return path


def module_maps(build, root):
    """What makes C modules known to the compiler, a file for each module."""
    places = [*root.glob("Sources/*"), *build.glob("checkouts/*/Sources/*"), *build.glob("release/*.build")]
    maps = {}
    for place in places:
        for path in (place / "module.modulemap", place / "include" / "module.modulemap"):
            if path.exists() and (name := re.search(r"module (\w+)", path.read_text())):
                maps.setdefault(name[1], path)
    return [argument for path in maps.values() for argument in ("-Xcc", f"-fmodule-map-file={path.resolve()}")]


def make(build, output, root, base):
    """Makes the documentation, for a site whose first page has the path `base`, and says whether there is any."""
    modules = build / "release" / "Modules"
    docc, extract = tool("docc"), tool("swift-symbolgraph-extract")
    if not docc or not extract or not modules.is_dir():
        missing = "DocC" if not docc else "swift-symbolgraph-extract" if not extract else f"{modules}"
        print(f"the libraries' documentation is left out: {missing} is not there", file=sys.stderr)
        return False
    maps = module_maps(build, root)
    with tempfile.TemporaryDirectory(prefix="reel-api-") as name:
        folder = pathlib.Path(name)
        archives = []
        for module in MODULES:
            graphs = folder / module / "graphs"
            graphs.mkdir(parents=True)
            run([extract, "-module-name", module, "-I", modules, "-target", f"{platform.machine()}-unknown-linux-gnu",
                 "-sdk", "/", "-output-dir", graphs, "-minimum-access-level", "public", "-skip-synthesized-members",
                 "-skip-inherited-docs", *maps])
            archive = folder / f"{module}.doccarchive"
            catalog = root / "Sources" / module / "Documentation.docc"
            dependencies = [argument for other in archives for argument in ("--dependency", other)]
            run([docc, "convert", *([catalog] if catalog.exists() else []), "--additional-symbol-graph-dir", graphs,
                 "--output-path", archive, "--fallback-display-name", module, "--fallback-bundle-identifier", module,
                 "--enable-experimental-external-link-support", *dependencies,
                 "--transform-for-static-hosting", "--hosting-base-path", f"{base.strip('/')}/api".strip("/")])
            archives.append(archive)
        run([docc, "merge", *archives, "--output-path", output, "--synthesized-landing-page-name", "Reel",
             "--synthesized-landing-page-kind", "Package"])
    # What its pages ask for, and may find empty.
    (output / "theme-settings.json").write_text("{}\n")
    return True


def run(command):
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode:
        raise SystemExit(f"{pathlib.Path(command[0]).name} has failed:\n{result.stdout[-4000:]}")
