#!/usr/bin/env python3
"""Reads the fenced blocks of deploy/clients/README.md.

    readme.py commands FOLDER LANGUAGE    prints the shell commands that build and run that client
    readme.py quotes FOLDER               fails unless all other code stands in the program of its language
"""

import pathlib
import re
import sys

PROGRAMS = {"cpp": "client.cc", "python": "client.py", "js": "client.mjs", "go": "client.go"}


def squeeze(code):
    return "\n".join(line.strip() for line in code.splitlines() if line.strip())


def main():
    folder = pathlib.Path(sys.argv[2])
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", (folder / "README.md").read_text(encoding="utf-8"),
                        re.MULTILINE | re.DOTALL)
    if sys.argv[1] == "commands":
        found = [code for kind, code in blocks if kind == "sh" and code.startswith(f"# {sys.argv[3]}\n")]
        if len(found) != 1:
            sys.exit(f"README.md: {len(found)} blocks of commands for {sys.argv[3]}")
        print(found[0])
        return
    quotes = [(kind, code) for kind, code in blocks if kind in PROGRAMS]
    if {kind for kind, _ in quotes} != set(PROGRAMS):
        sys.exit("README.md: a language is not quoted")
    for kind, code in quotes:
        program = (folder / PROGRAMS[kind]).read_text(encoding="utf-8")
        if squeeze(code) not in squeeze(program):
            sys.exit(f"README.md: this does not stand in {PROGRAMS[kind]}:\n{code}")


if __name__ == "__main__":
    main()
