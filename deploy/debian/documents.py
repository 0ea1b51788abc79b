#!/usr/bin/env python3
"""Man pages and shell completion of `signalbook`, written from what its --help says.

    documents.py SIGNALBOOK VERSION OUTPUT

Writes OUTPUT/man/*.1.gz, a page a command, OUTPUT/bash/signalbook and OUTPUT/zsh/_signalbook. The same program
gives the same bytes; pages are dated $SOURCE_DATE_EPOCH.
"""

import collections
import gzip
import os
import pathlib
import re
import subprocess
import sys
import time

Option = collections.namedtuple("Option", "names value choices text")
Command = collections.namedtuple("Command", "path summary description usage sections subcommands footer")


def option_of(name_field, text):
    """What a line of help says: "-v,--pieces", "--emoji keep|name|both", "--key FILE Needs: --server"."""
    words = name_field.split()
    names = words[0].split(",")
    value, notes = "", []
    for index, word in enumerate(words[1:], 1):
        if word in ("Needs:", "Excludes:"):
            notes.append({"Needs:": "needs ", "Excludes:": "not with "}[word] + ", ".join(words[index + 1:]))
            break
        if word == "REQUIRED":
            notes.append("required")
        elif not value:
            value = re.sub(r":\{[^}]*\}", "", word)
    value, _, default = value.partition("=")
    if default:
        notes.append(f"default: {default}")
    choices = value.split("|") if "|" in value else []
    return Option(names, value, choices, text + (f" ({'; '.join(notes)})" if notes else ""))


def rows_of(lines):
    """(name, text) of the lines of a section; where a name is long, its text begins on the next line."""
    rows = []
    for line in lines:
        if line.startswith(" " * 30):
            rows[-1][1] += " " + line.strip()
        else:
            name, _, text = re.sub(r"^(\S.*?) {2,}", "\\1\0", line[2:]).partition("\0")
            rows.append([name, text])
    return rows


def read(program, path=(), summary=""):
    """The command and, behind it, all below it."""
    lines = subprocess.run([program, *path, "--help"], check=True, capture_output=True, text=True,
                           encoding="utf-8").stdout.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Usage: "))
    description, usage, rest = lines[:start], lines[start][len("Usage: "):], lines[start + 1:]
    sections, subcommands = {}, []
    at = 0
    while at < len(rest):
        if not rest[at]:
            at += 1
            continue
        title = rest[at][:-1] if rest[at].endswith(":") else ""
        following = rest[at + 1] if at + 1 < len(rest) else ""
        if not title or not (following.startswith("  -") or title in ("Positionals", "Subcommands")):
            break
        end = at + 1
        while end < len(rest) and rest[end].startswith("  "):
            end += 1
        rows = rows_of(rest[at + 1:end])
        if title == "Subcommands":
            subcommands = rows
        else:
            sections[title] = [option_of(*row) for row in rows]
        at = end
    footer = "\n".join(rest[at:]).strip()
    commands = [Command(path, summary or "translates chat messages and never makes up what an emoji means",
                        "\n".join(description), usage, sections, subcommands, footer)]
    for name, text in subcommands:
        commands += read(program, (*path, name), text)
    return commands


# ── man pages


def roff(text):
    """Text as roff takes it literally."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    return "\n".join("\\&" + line if line.startswith(".") else line for line in text.split("\n"))


def paragraphs(text):
    """Prose filled; what is indented as it stands."""
    out, literal = [], False
    for line in text.split("\n"):
        indented = line.startswith("  ")
        if indented != literal and line:
            out.append(".PP\n.nf\n.RS 4" if indented else ".RE\n.fi\n.PP")
            literal = indented
        if line:
            out.append(roff(line[2:] if indented else line))
        elif not literal and out and out[-1] != ".PP":
            out.append(".PP")
    if literal:
        out.append(".RE\n.fi")
    while out and out[-1] == ".PP":
        out.pop()
    return "\n".join(out).removeprefix(".PP\n")


def page_name(path):
    return "-".join(("signalbook", *path))


def man_page(command, root, version, date):
    name = page_name(command.path)
    out = [f'.TH "{roff(name.upper())}" 1 {date} "Signalbook {version}" "Signalbook"',
           ".SH NAME", roff(f"{name} - ") + roff(command.summary.rstrip(".")),
           ".SH SYNOPSIS", ".B " + roff(command.usage.split(" [")[0])]
    arguments = command.usage[len(command.usage.split(" [")[0]):].strip()
    if arguments:
        out.append(roff(arguments))
    # Groups of commands show the footer of the whole program.
    footer = command.footer if command is root or command.footer != root.footer else ""
    parts = collections.OrderedDict(DESCRIPTION=[command.description], EXAMPLES=[], **{"EXIT STATUS": []})
    for block in re.split(r"\n\n(?=\S)", footer):
        if re.match(r"Examples?:\n", block):
            examples, _, prose = re.match(r"Examples?:\n((?:  .*(?:\n|$))*)(\n*)(.*)", block, re.DOTALL).groups()
            parts["EXAMPLES"].append(examples)
            if prose.strip():
                parts["DESCRIPTION"].append(prose)
        elif block.startswith("Exit codes: "):
            codes, _, prose = block[len("Exit codes: "):].partition("\nThe book is ")
            parts["EXIT STATUS"].append(codes)
            if prose:
                parts["DESCRIPTION"].append("The book is " + prose)
        elif block:
            parts["DESCRIPTION"].append(block)
    out += [".SH DESCRIPTION", paragraphs("\n\n".join(parts["DESCRIPTION"]))]
    if command.subcommands:
        out.append(".SH COMMANDS")
        for sub, text in command.subcommands:
            out += [".TP", f".BR {roff(page_name((*command.path, sub)))} (1)", roff(text)]
    for title, options in command.sections.items():
        out.append(f".SH {title.upper()}")
        for option in options:
            names = ", ".join(f"\\fB{roff(n)}\\fR" for n in option.names)
            value = f" \\fI{roff(option.value)}\\fR" if option.value and option.names[0].startswith("-") else ""
            out += [".TP", names + value, roff(option.text) or "\\&"]
    for title in ("EXIT STATUS", "EXAMPLES"):
        if parts[title]:
            out += [f".SH {title}", paragraphs("\n".join(parts[title]).rstrip())]
    if command is not root:
        out += [".SH SEE ALSO", f".BR {roff(page_name(command.path[:-1]))} (1)"]
    return "\n".join(out) + "\n"


# ── completion


def options_of(command):
    return [o for options in command.sections.values() for o in options if o.names[0].startswith("-")]


def wants_file(value):
    return bool(re.search(r"FILE|PATH|DIR|CORPUS", value))


def bash(commands):
    out = ["# Completion of signalbook, written from its --help.", "_signalbook() {",
           "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command='' word options='' below=''",
           "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do", "    case \"$command $word\" in"]
    for command in commands[1:]:
        before, name = " ".join(command.path[:-1]), command.path[-1]
        out.append(f"      '{before} {name}') command='{' '.join(command.path)}' ;;")
    out += ["    esac", "  done", "  COMPREPLY=()", "  case \"$command:$previous\" in"]
    for command in commands:
        for option in options_of(command):
            if not option.value:
                continue
            # Quoted: the path of a command may be empty.
            labels = "|".join(f"'{' '.join(command.path)}:{name}'" for name in option.names)
            if option.choices:
                reply = f"COMPREPLY=($(compgen -W '{' '.join(option.choices)}' -- \"$current\"))"
            elif wants_file(option.value):
                reply = "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$current\"))"
            else:
                reply = ":"
            out.append(f"    {labels}) {reply}; return ;;")
    out += ["  esac", "  case \"$command\" in"]
    for command in commands:
        options = " ".join(name for option in options_of(command) for name in option.names)
        below = " ".join(name for name, _ in command.subcommands)
        out.append(f"    '{' '.join(command.path)}') options='{options}' below='{below}' ;;")
    out += ["  esac", "  if [[ $current == -* ]]; then", "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))",
            "    return", "  fi", "  COMPREPLY=($(compgen -W \"$below\" -- \"$current\"))",
            "  if ((!${#COMPREPLY[@]})); then", "    compopt -o filenames 2>/dev/null",
            "    COMPREPLY=($(compgen -f -- \"$current\"))", "  fi", "}",
            "complete -F _signalbook signalbook"]
    return "\n".join(out) + "\n"


def zsh_quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def zsh(commands):
    out = ["#compdef signalbook", "# Completion of signalbook, written from its --help."]
    for command in commands:
        function = "_" + page_name(command.path)
        specs = []
        for option in options_of(command):
            action = ""
            if option.value:
                action = f":{zsh_text(option.value)}:"
                if option.choices:
                    action += "(" + " ".join(option.choices) + ")"
                elif wants_file(option.value):
                    action += "_files"
            for name in option.names:
                specs.append(zsh_quote(f"*{name}[{zsh_text(option.text)}]{action}"))
        out += ["", f"{function}() {{"]
        if command.subcommands:
            names = " ".join(zsh_quote(f"{name}:{zsh_text(text)}") for name, text in command.subcommands)
            specs += ["'1:command:->command'", "'*::argument:->argument'"]
            out += ["  local state line context", "  typeset -A opt_args", f"  local -a commands=({names})"]
        else:
            specs.append("'*:argument:_files'")
        out.append("  _arguments -S \\\n    " + " \\\n    ".join(specs))
        if command.subcommands:
            files = "; _files" if "Positionals" in command.sections else ""
            out += ["  case $state in", f"    command) _describe command commands{files} ;;",
                    f"    argument) (( $+functions[{function}-$words[1]] )) && {function}-$words[1] ;;", "  esac"]
        out.append("}")
    out += ["", "_signalbook \"$@\""]
    return "\n".join(out) + "\n"


def main():
    program, version, output = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    commands = read(program)
    for folder in ("man", "bash", "zsh"):
        (output / folder).mkdir(parents=True, exist_ok=True)
    for stale in (output / "man").iterdir():  # a command that is no more
        stale.unlink()
    for command in commands:
        page = man_page(command, commands[0], version, date).encode()
        (output / "man" / f"{page_name(command.path)}.1.gz").write_bytes(gzip.compress(page, 9, mtime=0))
    (output / "bash" / "signalbook").write_text(bash(commands), encoding="utf-8")
    (output / "zsh" / "_signalbook").write_text(zsh(commands), encoding="utf-8")


if __name__ == "__main__":
    main()
