#!/usr/bin/env python3
"""A model of one's own for Signalbook, in Python: a dictionary, word by word.

A real engine stands where translate() stands. README.md says how it is plugged in, model.proto what is
expected of it.

    model_server.py DICTIONARY.tsv [ADDRESS]     ADDRESS: 127.0.0.1:50061

Needs python3-grpcio and python3-grpc-tools (pip: grpcio, grpcio-tools), and proto/ of Signalbook's tree.
"""

import collections
import concurrent.futures
import importlib
import pathlib
import re
import subprocess
import sys
import tempfile

import grpc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"


def import_stubs():
    """The modules that protoc makes of model.proto. A real server has them made beforehand."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}", f"--python_out={folder}",
             f"--grpc_python_out={folder}", "signalbook/v1/model.proto"], check=True)
        sys.path.insert(0, folder)
        try:
            return (importlib.import_module("signalbook.v1.model_pb2"),
                    importlib.import_module("signalbook.v1.model_pb2_grpc"))
        finally:
            sys.path.remove(folder)


model_pb2, model_pb2_grpc = import_stubs()


def read(path):
    """{(source, target): {word: translation}}; "#" begins a comment."""
    dictionaries = collections.defaultdict(dict)
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                source, target, word, translation = line.rstrip("\n").split("\t")
                dictionaries[source, target][word] = translation
    return dict(dictionaries)


def translate(dictionary, sentence):
    """The engine. Words that it does not know stay as they are, and so do markers (⟦0⟧), which are no
    words. None when it knows none."""
    text, known = re.subn(
        "|".join(rf"\b{re.escape(word)}\b" for word in dictionary),
        lambda match: dictionary[match[0].lower()], sentence, flags=re.IGNORECASE)
    return text if known else None


class ModelServer(model_pb2_grpc.ModelServiceServicer):

    def __init__(self, dictionaries):
        self._dictionaries = dictionaries

    def TranslateSentences(self, request, context):
        """Called from many threads at once. A slow engine looks at context.is_active() now and then, and
        stops: after the deadline nobody waits. Who asks is context.invocation_metadata()'s
        "authorization"."""
        pair = request.source_language_code, request.target_language_code
        if pair not in self._dictionaries:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such pair of languages")
        response = model_pb2.TranslateSentencesResponse()
        for sentence in request.sentences:
            text = translate(self._dictionaries[pair], sentence)
            if text is None:  # perhaps another model knows
                response.sentences.add(error_code=grpc.StatusCode.NOT_FOUND.value[0])
            else:
                response.sentences.add(text=text.encode(), model_name="dictionary", model_version="1")
        return response

    def ListLanguagePairs(self, request, context):
        response = model_pb2.ListLanguagePairsResponse()
        for source, target in sorted(self._dictionaries):
            response.language_pairs.add(source_language_code=source, target_language_code=target)
        return response


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    address = sys.argv[2] if len(sys.argv) == 3 else "127.0.0.1:50061"
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8))
    model_pb2_grpc.add_ModelServiceServicer_to_server(ModelServer(read(sys.argv[1])), server)
    port = server.add_insecure_port(address)
    if port == 0:
        sys.exit(f"{address}: cannot be listened on")
    server.start()
    # A port of 0 asks for any that is free.
    print("listening on", re.sub(":0$", f":{port}", address), flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
