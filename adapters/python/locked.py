# Writes a lock file of Pipenv or PDM, or a pylock.toml (PEP 751), as requirements that pip and uv read:
# python3 locked.py FILE GROUP…, with * for all groups. Packages of the tree
# are left out: their files are in the image.
import json
import os
import re
import sys

from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.specifiers import SpecifierSet
from pip._vendor.packaging.utils import canonicalize_name


def read(name):
    with open(name, "rb") as file:
        if name.endswith("Pipfile.lock"):
            return json.load(file)
        try:
            import tomllib
        except ImportError:  # before 3.11
            from pip._vendor import tomli as tomllib
        return tomllib.load(file)


def requirement(name, entry):
    """One line; None for a package of the tree."""
    if entry.get("extras"):
        name += "[" + ",".join(entry["extras"]) + "]"
    if "git" in entry:
        url = entry["git"] if entry["git"].startswith("git+") else "git+" + entry["git"]
        at = entry.get("revision") or entry.get("ref") or "HEAD"
        text = name + " @ " + url + "@" + at
        if entry.get("subdirectory"):
            text += "#subdirectory=" + entry["subdirectory"]
    elif "url" in entry or "://" in entry.get("file", ""):
        text = name + " @ " + (entry.get("url") or entry["file"])
    elif "path" in entry or "file" in entry:
        return None
    else:
        version = entry.get("version", "*")
        text = name if version == "*" else name + (version if version[:1] in "=<>!~" else "==" + version)
    marker = entry.get("markers") or entry.get("marker")
    return text + (" ; " + marker if marker else "")


def index(source):
    """The option for an index other than the configured one, and None."""
    url = os.path.expandvars(source["url"])
    if source.get("name") == "pypi" or "$" in url:
        return None
    return "--extra-index-url " + url


def pipenv(lock, groups):
    for source in lock["_meta"].get("sources", []):
        yield index(source), []
    for group in groups if groups != ["*"] else ["default", "develop"]:
        for name, entry in lock.get(group, {}).items():
            yield requirement(name, entry), entry.get("hashes", [])


def pdm(lock, groups):
    for entry in lock.get("package", []):
        if groups == ["*"] or set(groups) & set(entry.get("groups", ["default"])):
            yield requirement(entry["name"], entry), [f["hash"] for f in entry.get("files", []) if "hash" in f]


def standard(lock, groups):
    have = lock.get("default-groups", []) if groups != ["*"] else lock.get("dependency-groups", [])
    extras = [] if groups != ["*"] else lock.get("extras", [])
    for entry in lock.get("packages", []):
        marker = entry.get("marker", "")
        for names, where in ((have, "dependency_groups"), (extras, "extras")):
            marker = re.sub(
                r"(['\"])([^'\"]+)\1\s+(not\s+)?in\s+" + where,
                lambda m: "python_version %s '0'" % (">" if (m[2] in names) != bool(m[3]) else "<"),
                marker,
            )
        vcs, archive = entry.get("vcs"), entry.get("archive")
        files = entry.get("wheels", []) + ([entry["sdist"]] if "sdist" in entry else [])
        plain = {"version": entry.get("version", "*"), "marker": marker}
        if vcs:
            plain.update(git=vcs["url"], revision=vcs["commit-id"])
            if vcs.get("subdirectory"):
                plain["subdirectory"] = vcs["subdirectory"]
        elif archive and "url" in archive:
            plain["url"], files = archive["url"], [archive]
        elif "directory" in entry or archive:
            continue
        yield requirement(entry["name"], plain), ["%s:%s" % h for f in files for h in f.get("hashes", {}).items()]


def asked(lock):
    """Yields name, range and condition of what the file beside the lock asks for."""
    if "_meta" in lock:
        for name, value in read("Pipfile").get("packages", {}).items():
            version = value.get("version", "*") if isinstance(value, dict) else value
            yield name, "" if version == "*" else version, ""
    else:
        if not os.path.exists("pyproject.toml"):
            return
        for text in read("pyproject.toml").get("project", {}).get("dependencies", []):
            wanted = Requirement(text)
            yield wanted.name, str(wanted.specifier), str(wanted.marker or "")


def in_step(lock, name):
    """Ends with a message when the lock has other versions than are asked for."""
    if "_meta" in lock:
        found, beside = lock.get("default", {}).items(), "Pipfile"
    else:
        found, beside = [(p["name"], p) for p in lock.get("package", lock.get("packages", []))], "pyproject.toml"
    versions = {}
    for package, entry in found:
        versions.setdefault(canonicalize_name(package), []).append(entry.get("version", "").lstrip("="))
    for package, wanted, marker in asked(lock):
        have = [v for v in versions.get(canonicalize_name(package), []) if v]
        if have and not marker and not any(SpecifierSet(wanted).contains(v, prereleases=True) for v in have):
            sys.exit("%s is out of step with %s: it has %s %s, and %s is asked for" % (name, beside, package, have[0], wanted))


def main(name, *groups):
    lock = read(name)
    in_step(lock, name)
    lines = pipenv if "_meta" in lock else standard if "lock-version" in lock else pdm
    for text, hashes in lines(lock, list(groups)):
        if text:
            print(" ".join([text] + ["--hash=" + h for h in dict.fromkeys(hashes)]))


main(*sys.argv[1:])
