#!/usr/bin/env python3
"""A client of Signalbook in Python. README.md walks through it, and through the same in C++, Node and Go.

    client.py [ADDRESS]     ADDRESS: 127.0.0.1:50051
    SIGNALBOOK_TOKEN        who asks, where the server wants to know

Needs python3-grpcio (pip: grpcio), and the stubs on its PYTHONPATH.
"""

import json
import os
import sys
import time

import grpc
from google.rpc import error_details_pb2, status_pb2
from signalbook.v1 import translation_pb2 as v1
from signalbook.v1 import translation_pb2_grpc

TIMEOUT_SECONDS = 30
ATTEMPTS = 4

# With every call.
METADATA = [("authorization", f"Bearer {os.environ['SIGNALBOOK_TOKEN']}")] if "SIGNALBOOK_TOKEN" in os.environ else []

# gRPC itself tries again when nobody could answer.
SERVICE_CONFIG = {
    "methodConfig": [{
        "name": [{"service": "signalbook.v1.TranslationService"}],
        "retryPolicy": {
            "maxAttempts": 4,
            "initialBackoff": "0.1s",
            "maxBackoff": "2s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        },
    }],
}


def connect(address):
    return grpc.insecure_channel(address, options=[
        ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
        ("grpc.max_receive_message_length", 16 << 20),
    ])


def find(error, detail):
    """What the server attached to an error: ErrorInfo, BadRequest or RetryInfo. None if it did not."""
    return next((detail for attached in error.details if attached.Unpack(detail)), None)


def rich(error):
    """The google.rpc.Status of a grpc.RpcError. gRPC's own errors have no details: nobody there, a request
    of more than 1 MiB."""
    trailers = dict(error.trailing_metadata() or ())
    status = status_pb2.Status.FromString(trailers.get("grpc-status-details-bin", b""))
    status.code = error.code().value[0]
    return status


def retry_delay(error):
    """Seconds that an overloaded server asks its callers to wait. None: another try would change nothing."""
    if error.code() != grpc.StatusCode.RESOURCE_EXHAUSTED:
        return None
    retry = find(rich(error), error_details_pb2.RetryInfo())
    return None if retry is None else retry.retry_delay.ToTimedelta().total_seconds()


def ask(method, request):
    """All tries share one deadline."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return method(request, timeout=deadline - time.monotonic(), metadata=METADATA)
        except grpc.RpcError as error:
            delay = retry_delay(error)
            if delay is None or attempt == ATTEMPTS or time.monotonic() + delay >= deadline:
                raise
            time.sleep(delay)


def print_error(what, error):
    info = find(error, error_details_pb2.ErrorInfo())
    bad = find(error, error_details_pb2.BadRequest())
    parts = [f"{what}: code {error.code}"]
    parts += [info.reason] if info else []
    parts += [violation.field for violation in bad.field_violations] if bad else []
    print(*parts, sep=", ")


def why(reason):
    """What a reader is told. A client that is older than its server gets reasons that it does not know."""
    if reason == v1.REASON_NO_MODEL:
        return "this language is not translated here"
    if reason in (v1.REASON_MODEL_UNAVAILABLE, v1.REASON_DEADLINE, v1.REASON_MODEL_FAILED):
        return "try again later"
    if reason in (v1.REASON_NOT_ALLOWLISTED, v1.REASON_BLOCKED, v1.REASON_UNKNOWN_SEQUENCE,
                  v1.REASON_ILL_FORMED):
        return "no name that people approved"
    return "no translation that could be trusted"


def cut(text, byte_range):
    """Offsets count bytes of UTF-8, str counts code points."""
    return text.encode()[byte_range.begin:byte_range.end].decode()


def detect(stub, messages):
    response = ask(stub.DetectLanguage,
                   v1.DetectLanguageRequest(contents=messages, target_language_code="es"))
    for message, detection in zip(messages, response.detections):
        offer = "offer" if detection.advice == v1.ADVICE_TRANSLATE else "don't offer"
        print(f"{message}: {offer} a translation [{detection.language_code}]")


def translate(stub, messages):
    response = ask(stub.TranslateText, v1.TranslateTextRequest(
        contents=messages, target_language_code="es", emoji_mode=v1.EMOJI_MODE_NAME))
    for message, translation in zip(messages, response.translations):
        print(translation.translated_text)
        for piece in translation.pieces:
            line = f'  {v1.Licence.Name(piece.licence)} "{cut(translation.translated_text, piece.target_range)}"'
            if piece.HasField("refusal"):
                line += f' for "{cut(message, piece.source_range)}": {why(piece.refusal.reason)}'
            print(line)


def stream(stub):
    messages = [
        ("family", "Good morning! 👍🏽", "es"),
        ("family", "See you tomorrow", "es"),
        ("work", "See you tomorrow", "fr"),
        ("work", "Good morning!", ""),  # no language: an error of this one
        ("", "🎉", "es"),
    ]
    unanswered = {
        str(number): v1.StreamTranslateTextRequest(
            id=str(number), conversation=conversation, timeout_ms=5000,
            translate=v1.TranslateTextRequest(
                contents=[text], source_language_code="en", target_language_code=target))
        for number, (conversation, text, target) in enumerate(messages, start=1)
    }
    answers = {}
    for attempt in range(1, ATTEMPTS + 1):
        try:
            # gRPC takes requests from the iterator on a thread of its own, as fast as the server reads them.
            for answer in stub.StreamTranslateText(
                    iter(list(unanswered.values())), timeout=TIMEOUT_SECONDS, metadata=METADATA):
                answers[answer.id] = answer
                unanswered.pop(answer.id, None)
            break
        except grpc.RpcError as error:
            # The server went away: what it has not answered is sent again, to another one.
            if error.code() != grpc.StatusCode.UNAVAILABLE or attempt == ATTEMPTS:
                raise
    for name, answer in sorted(answers.items()):
        if answer.HasField("error"):
            print_error(name, answer.error)
        else:
            print(f"{name}: {answer.response.translations[0].translated_text}")


def break_the_contract(stub):
    try:
        ask(stub.TranslateText, v1.TranslateTextRequest(
            contents=["Good morning!", "x" * 8193], target_language_code="es"))
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.INVALID_ARGUMENT:
            raise
        print_error("wrong request", rich(error))


def main():
    messages = ["The kitchen has 3 windows 🎉", "他在🇨🇦等你。", "👍🏽"]
    with connect(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051") as channel:
        stub = translation_pb2_grpc.TranslationServiceStub(channel)
        try:
            detect(stub, messages)
            translate(stub, messages)
            stream(stub)
            break_the_contract(stub)
        except grpc.RpcError as error:
            print_error("failed", rich(error))
            sys.exit(1)


if __name__ == "__main__":
    main()
