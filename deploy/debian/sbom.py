#!/usr/bin/env python3
"""What a package is made of, as SPDX 2.3 in JSON.

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
import uuid

TATOEBA = "LicenseRef-CC-BY-2.0-FR"


def output_of(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout


def identifier(*parts):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", "-".join(parts)).strip("-")


def file_of(path, name, licences=("NOASSERTION",)):
    """An entry of `files`."""
    content = path.read_bytes()
    return {
        "SPDXID": identifier("file", name),
        "fileName": "./" + name,
        "checksums": [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(content).hexdigest()},
                      {"algorithm": "SHA256", "checksumValue": hashlib.sha256(content).hexdigest()}],
        "licenseConcluded": "NOASSERTION",
        "licenseInfoInFiles": sorted(licences),
        "copyrightText": "NOASSERTION",
    }


def relation(subject, kind, other):
    return {"spdxElementId": subject, "relationshipType": kind, "relatedSpdxElement": other}


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


def debian_package(name):
    """An entry of `packages` for an installed package of Debian."""
    package, version, source, architecture = output_of(
        "dpkg-query", "-W", "-f", "${Package}\t${Version}\t${source:Package} ${source:Version}\t${Architecture}",
        name).split("\t")
    return {
        "SPDXID": identifier("debian", package),
        "name": package,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "licenseComments": f"See /usr/share/doc/{package}/copyright.",
        "copyrightText": "NOASSERTION",
        "sourceInfo": f"Built from the source package {source}.",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{package}@{version.replace(':', '%3A').replace('+', '%2B')}"
                                f"?arch={architecture}&distro=bookworm",
        }],
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


def describe_program(root, stage, build):
    program = stage / "usr/bin/signalbook"
    files = [file_of(program, "usr/bin/signalbook")]
    packages, relations = {}, [relation(root, "CONTAINS", files[0]["SPDXID"])]
    libraries = linked_libraries(program)
    headers = compiled_headers(build)
    owned = owners(libraries + headers)
    unknown = [path for path in libraries if path not in owned]
    if unknown or not headers:
        sys.exit(f"sbom.py: no package of Debian owns {', '.join(unknown)}" if unknown else
                 f"sbom.py: Ninja keeps no headers in {build}: build there first")
    for kind, paths, found in (("DYNAMIC_LINK", libraries, True), ("BUILD_DEPENDENCY_OF", headers, False)):
        for name in sorted({owned[path] for path in paths if path in owned}):
            entry = packages.setdefault(name, debian_package(name))
            relations.append(relation(root, kind, entry["SPDXID"]) if found else
                             relation(entry["SPDXID"], kind, root))
    return files, list(packages.values()), relations


# ── the book


def licences_of(table):
    """What "# Licence:" in the header of a table says, as identifiers."""
    with open(table, encoding="utf-8") as lines:
        text = next((line for line in lines if line.startswith("# Licence: ")), "")
    found = set(re.findall(r"Unicode-3\.0(?= )|Unicode-DFS-2016(?= )|MIT(?= )", text))
    if "CC BY 2.0 FR" in text:
        found.add(TATOEBA)
    if "that of this project" in text or not text:
        found.add("NOASSERTION")
    if not found:
        sys.exit(f"sbom.py: {table}: no licence is known that its header names: {text.strip()}")
    return found


def describe_book(root, stage, source):
    book = file_of(stage / "usr/share/signalbook/signalbook.book", "usr/share/signalbook/signalbook.book")
    files, relations = [book], [relation(root, "CONTAINS", book["SPDXID"])]
    everything = set()
    for table in sorted((source / "data").rglob("*.tsv")):
        name = table.relative_to(source).as_posix()
        entry = file_of(table, name, licences_of(table))
        everything |= set(entry["licenseInfoInFiles"])
        files.append(entry)
        relations.append(relation(book["SPDXID"], "GENERATED_FROM", entry["SPDXID"]))
    book["licenseInfoInFiles"] = sorted(everything)
    return files, [], relations


def main():
    package, version = sys.argv[1:3]
    stage, source, build, output = map(pathlib.Path, sys.argv[3:7])
    root = identifier("package", package)
    if package == "signalbook":
        files, packages, relations = describe_program(root, stage, build)
    else:
        files, packages, relations = describe_book(root, stage, source)
    described = {
        "SPDXID": root,
        "name": package,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "licenseComments": f"See /usr/share/doc/{package}/copyright.",
        "copyrightText": "NOASSERTION",
    }
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"{package}-{version}",
        "creationInfo": {
            "created": datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
                       .strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: sbom.py"],
        },
        "packages": [described, *packages],
        "files": files,
        "relationships": [relation("SPDXRef-DOCUMENT", "DESCRIBES", root), *relations],
    }
    if any(TATOEBA in entry["licenseInfoInFiles"] for entry in files):
        document["hasExtractedLicensingInfos"] = [{
            "licenseId": TATOEBA,
            "name": "Creative Commons Attribution 2.0 France",
            "extractedText": (source / "data/LICENSES/Tatoeba-CC-BY-2.0-FR.txt").read_text(encoding="utf-8"),
            "seeAlsos": ["https://creativecommons.org/licenses/by/2.0/fr/"],
        }]
    # The same content has the same name.
    document["documentNamespace"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True)).urn
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
