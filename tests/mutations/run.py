#!/usr/bin/env python3
"""Applies the mutations of list.toml one by one to a copy of the tree and says which of them the tests of their project notice."""
import argparse, os, pathlib, re, shutil, subprocess, sys, tempfile, time, tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# A mutation that hangs is noticed by this.
PATIENCE = 600


def main():
    args = arguments()
    chosen = [m for m in tomllib.loads((HERE / "list.toml").read_text())["mutation"] if re.search(args.only, m["name"] + " " + m["file"])]
    stale = [m for m in chosen if count_of(m["find"], ROOT / source_of(m)) != 1]
    for m in stale:
        print(f"stale        {m['name']}: {m['file']} does not hold its text once")
    if args.check:
        return 1 if stale else 0
    chosen = [m for m in chosen if m not in stale]
    with tempfile.TemporaryDirectory(prefix="l4proxy-mutations-") as scratch:
        scratch = pathlib.Path(scratch)
        copy(scratch)
        for project in sorted({project_of(m) for m in chosen}):
            if (output := build(scratch, project)) is not None:
                sys.exit(f"The clean tree does not build:\n{output}")
            clean = sorted({t for m in chosen if project_of(m) == project for t in m["tests"]})
            if not args.no_baseline and (failure := test(scratch, project, clean, args.transport)) is not None:
                sys.exit(f"The tests fail on the clean tree: {failure}")
        noticed = sum(try_one(scratch, m, args.transport) for m in chosen)
    share = noticed / max(1, len(chosen))
    print(f"{noticed} of {len(chosen)} noticed ({share:.0%}), {len(stale)} stale")
    return 0 if share >= 0.95 and not stale else 1


def project_of(mutation):
    """The library that it is of, without the product's name; its tests are to notice it."""
    return mutation.get("project", "Core")


def source_of(mutation):
    return pathlib.Path(f"src/L4Proxy.{project_of(mutation)}") / mutation["file"]


def tests_of(project):
    return pathlib.Path(f"tests/L4Proxy.{project}.Tests")


def count_of(text, file):
    return file.read_text().count(text) if file.exists() else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="a regular expression: those whose name or file it matches")
    parser.add_argument("--check", action="store_true", help="only see whether each mutation's text is still there, once")
    parser.add_argument("--no-baseline", action="store_true", help="do not run the tests on the clean tree first")
    parser.add_argument("--transport", default="Linux", choices=["Linux", "Managed"])
    return parser.parse_args()


def copy(scratch):
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, scratch / name)


def build(scratch, project):
    """None, or what the compiler said. Analysers take longer than the compiler, and a mutation need not please them."""
    run = subprocess.run(
        ["dotnet", "build", tests_of(project), "-c", "Release", "-v", "quiet", "-nologo", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false"],
        cwd=scratch, capture_output=True, text=True)
    return None if run.returncode == 0 else run.stdout


def test(scratch, project, classes, transport):
    """None where all pass, or the first that fails."""
    filters = [part for name in classes for part in ("-class", name)]
    dll = scratch / tests_of(project) / f"bin/Release/net10.0/L4Proxy.{project}.Tests.dll"
    environment = os.environ | {"L4PROXY_TRANSPORT": transport}
    try:
        run = subprocess.run(
            ["dotnet", dll, *filters, "-stopOnFail", "-noColor"], cwd=scratch, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return f"it does not end within {PATIENCE} s"
    if run.returncode == 0:
        if re.search(r"Total: 0\b", run.stdout):
            sys.exit(f"No test is in {', '.join(classes)}")
        return None
    if run.returncode == 3:
        sys.exit(f"A filter is wrong: {', '.join(classes)}\n{run.stdout}{run.stderr}")
    failed = re.search(r"^\s*(\S.*) \[FAIL\]", run.stdout, re.MULTILINE)
    return failed[1] if failed else f"exit code {run.returncode}"


def try_one(scratch, mutation, transport):
    file, project = scratch / source_of(mutation), project_of(mutation)
    clean, begun = file.read_text(), time.monotonic()
    try:
        file.write_text(clean.replace(mutation["find"], mutation["replace"]))
        failure = "it does not compile" if build(scratch, project) is not None else test(scratch, project, mutation["tests"], transport)
    finally:
        file.write_text(clean)
    seconds = f"{time.monotonic() - begun:.0f} s"
    print(f"noticed      {mutation['name']}: {failure} ({seconds})" if failure else f"NOT NOTICED  {mutation['name']} ({seconds})", flush=True)
    return failure is not None and failure != "it does not compile"


if __name__ == "__main__":
    sys.exit(main())
