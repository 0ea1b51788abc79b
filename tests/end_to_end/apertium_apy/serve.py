# Runs apertium-apy as it is, but on loopback alone: by itself it listens on all interfaces and has no option for another.
#
#   serve.py FOLDER-OF-PACKAGES ARGUMENT…     the rest is apertium-apy's; port 0 asks for any that is free
import sys

sys.path.insert(0, sys.argv.pop(1))

from tornado.tcpserver import TCPServer  # noqa: E402

bind = TCPServer.bind


def bind_to_loopback(self, port, address=None, **options):
    bind(self, port, "127.0.0.1", **options)
    print("listening on", self._pending_sockets[0].getsockname()[1], flush=True)


TCPServer.bind = bind_to_loopback

from apertium_apy.apy import main  # noqa: E402

main()
