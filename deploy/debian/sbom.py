#!/usr/bin/env python3
"""What a package is made of, as CycloneDX 1.6 in JSON.

    sbom.py signalbook      VERSION STAGE SOURCE BUILD OUTPUT    the program: the packages of Debian that it is linked
                                                                 with, and those whose headers were compiled into it
    sbom.py signalbook-book VERSION STAGE SOURCE BUILD OUTPUT    the book: the tables that it was compiled from

STAGE is the root that the package is made of, SOURCE the tree, BUILD where Ninja built it. Licences of tables are
what their headers say; of Debian's packages the copyright file is named, because its names are not those of SPDX.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse
import uuid

def output_of(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout


def sha256(path):
    return [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}]


# ── the program


def owners(paths):
    """The packages of Debian that own these files: {path: name}."""
    found = {}
    # /lib is a link to /usr/lib, and dpkg knows some files by the one name, some by the other.
    names = {}
    for path in paths:
        real = os.path.realpath(path)
        for name in {path, real, real.removeprefix("/usr")}:
            names[name] = path
    for line in output_of("dpkg", "-S", *sorted(names), check=False).splitlines():
        package, _, path = line.rpartition(": ")
        if path in names and not package.startswith("diversion "):
            found[names[path]] = package.split(",")[0]
    return found


def debian_package(name, use):
    """A component for an installed package of Debian."""
    package, version, source, architecture = output_of(
        "dpkg-query", "-W", "-f", "${Package}\t${Version}\t${source:Package}@${source:Version}\t${Architecture}",
        name).split("\t")
    purl = f"pkg:deb/debian/{package}@{urllib.parse.quote(version, safe='~')}?arch={architecture}&distro=bookworm"
    return {
        "type": "library",
        "bom-ref": purl,
        "supplier": {"name": "Debian"},
        "name": package,
        "version": version,
        "purl": purl,
        "externalReferences": [{"type": "license", "url": f"file:///usr/share/doc/{package}/copyright"}],
        "properties": [{"name": "debian:source", "value": source}, {"name": "signalbook:use", "value": use}],
    }


def linked_libraries(program):
    """Files of the libraries that the program loads, those of libraries included."""
    return sorted(set(re.findall(r"(/\S+) \(0x", output_of("ldd", program))))


def compiled_headers(build):
    """Headers of the system that objects of the program were compiled from, as Ninja keeps them."""
    headers, ours = set(), False
    for line in output_of("ninja", "-C", build, "-t", "deps").splitlines():
        if not line.startswith(" "):
            ours = line.startswith(("translator/", "service/", "proto/"))
        elif ours and line.strip().startswith("/usr/include/"):
            headers.add(line.strip())
    return sorted(headers)


def describe_program(stage, build):
    """The file itself, and what is in it."""
    program = stage / "usr/bin/signalbook"
    libraries = linked_libraries(program)
    headers = compiled_headers(build)
    owned = owners(libraries + headers)
    unknown = [path for path in libraries if path not in owned]
    if unknown or not headers:
        sys.exit(f"sbom.py: no package of Debian owns {', '.join(unknown)}" if unknown else
                 f"sbom.py: Ninja keeps no headers in {build}: build there first")
    linked = {owned[path] for path in libraries}
    compiled = {owned[path] for path in headers if path in owned} - linked
    return program, ([debian_package(name, "linked") for name in sorted(linked)] +
                     [debian_package(name, "headers") for name in sorted(compiled)])


# ── the book


def licences_of(table):
    """What "# Licence:" in the header of a table says."""
    with open(table, encoding="utf-8") as lines:
        text = next((line for line in lines if line.startswith("# Licence: ")), "")
    found = [{"license": {"id": name}} for name in re.findall(r"(Unicode-3\.0|Unicode-DFS-2016|MIT) \(", text)]
    if "CC BY 2.0 FR" in text:
        found.append({"license": {"name": "CC BY 2.0 FR", "url": "https://creativecommons.org/licenses/by/2.0/fr/"}})
    if "that of this project" in text or not text:
        found.append({"license": {"name": "that of this project"}})
    if not found:
        sys.exit(f"sbom.py: {table}: no licence is known that its header names: {text.strip()}")
    return found


def describe_book(stage, source):
    """The file itself, and what is in it."""
    tables = []
    for table in sorted((source / "data").rglob("*.tsv")):
        name = table.relative_to(source).as_posix()
        tables.append({"type": "file", "bom-ref": name, "name": name, "hashes": sha256(table),
                       "licenses": licences_of(table)})
    return stage / "usr/share/signalbook/signalbook.book", tables


def main():
    package, version = sys.argv[1:3]
    stage, source, build, output = map(pathlib.Path, sys.argv[3:7])
    whole, parts = describe_program(stage, build) if package == "signalbook" else describe_book(stage, source)
    time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application" if package == "signalbook" else "data", "bom-ref": package,
                          "name": package, "version": version, "hashes": sha256(whole)},
        },
        "components": parts,
        "dependencies": [{"ref": package, "dependsOn": [part["bom-ref"] for part in parts]}],
    }
    # The same content has the same name.
    document["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True)).urn
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
