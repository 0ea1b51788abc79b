#!/usr/bin/env python3
"""Stands between a client and a real server, and fails as servers do:

- the first TranslateText is UNAVAILABLE,
- the second RESOURCE_EXHAUSTED, to be tried again after half a second,
- the first StreamTranslateText becomes UNAVAILABLE once it has answered one message.

All else is passed on, but for metadata. Prints its address, then a line a call: the method, how it ended, and what
the client did wrong, if it showed no token, set no deadline or did not wait.

    faulty_proxy.py SERVER TOKEN     PYTHONPATH: where the stubs of google/rpc are
"""

import concurrent.futures
import itertools
import sys
import threading
import time

import grpc
from google.rpc import error_details_pb2, status_pb2

RETRY_DELAY_SECONDS = 0.5
TIMER_SLACK_SECONDS = 0.05  # timers of clients may be early by a little
A_DAY_SECONDS = 86400


def overload():
    status = status_pb2.Status(code=grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], message="busy")
    retry = error_details_pb2.RetryInfo()
    retry.retry_delay.FromMilliseconds(int(RETRY_DELAY_SECONDS * 1000))
    status.details.add().Pack(retry)
    return status.SerializeToString()


class Proxy(grpc.GenericRpcHandler):

    def __init__(self, server, token):
        self._authorization = ("authorization", f"Bearer {token}")
        self._channel = grpc.insecure_channel(server)
        self._lock = threading.Lock()
        self._calls = {}
        self._not_before = 0

    def service(self, handler_call_details):
        path = handler_call_details.method
        return grpc.stream_stream_rpc_method_handler(
            lambda requests, context: self._serve(path, requests, context))

    def _serve(self, path, requests, context):
        method = path.rsplit("/", 1)[-1]
        with self._lock:
            call = self._calls[method] = self._calls.get(method, 0) + 1
            waited = time.monotonic() >= self._not_before
        remaining = context.time_remaining()
        wrong = "" if remaining is not None and remaining < A_DAY_SECONDS else ", no deadline"
        if self._authorization not in context.invocation_metadata():
            wrong += ", no token"
        if method == "TranslateText" and not waited:
            wrong += ", did not wait"

        def fail(code):
            print(f"{method} {code.name}{wrong}", flush=True)
            context.abort(code, "the proxy failed, as it was told to")

        if (method, call) == ("TranslateText", 1):
            fail(grpc.StatusCode.UNAVAILABLE)
        if (method, call) == ("TranslateText", 2):
            self._not_before = time.monotonic() + RETRY_DELAY_SECONDS - TIMER_SLACK_SECONDS
            context.set_trailing_metadata([("grpc-status-details-bin", overload())])
            fail(grpc.StatusCode.RESOURCE_EXHAUSTED)
        cut = (method, call) == ("StreamTranslateText", 1)
        answers = self._channel.stream_stream(path)(requests, timeout=remaining)
        try:
            yield from itertools.islice(answers, 1 if cut else None)
        except grpc.RpcError as error:
            print(f"{method} {error.code().name}{wrong}", flush=True)
            context.set_trailing_metadata(error.trailing_metadata())
            context.abort(error.code(), error.details())
        if cut:
            answers.cancel()
            fail(grpc.StatusCode.UNAVAILABLE)
        print(f"{method} OK{wrong}", flush=True)


def main():
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8))
    server.add_generic_rpc_handlers([Proxy(sys.argv[1], sys.argv[2])])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
