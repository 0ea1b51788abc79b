#include "tests/support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace signalbook {
namespace {

constexpr int kTickMilliseconds = 20;  // how soon a server sees that it is to stop

bool Readable(int fd, int milliseconds) {
  pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&one, 1, milliseconds) > 0;
}

}  // namespace

bool RawServer::Peer::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void RawServer::Peer::Drip(std::string_view bytes, int pause_milliseconds) const {
  while (!stopped_ && Send(bytes.substr(0, 1))) {
    if (bytes.size() > 1) bytes.remove_prefix(1);
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_milliseconds));
  }
}

void RawServer::Peer::Wait() const {
  char byte;
  while (!stopped_) {
    if (Readable(fd_, kTickMilliseconds) && recv(fd_, &byte, 1, 0) <= 0) return;
  }
}

RawServer::RawServer(Script script) : script_(std::move(script)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, any, &size) != 0) {
    std::perror("raw server");
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Accept(); });
}

RawServer::~RawServer() {
  stopped_ = true;
  thread_.join();
  close(listener_);
}

void RawServer::Accept() {
  while (!stopped_) {
    if (!Readable(listener_, kTickMilliseconds)) continue;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) peers_.emplace_back([this, fd] { Serve(fd); });
  }
  for (std::thread& peer : peers_) peer.join();
}

void RawServer::Serve(int fd) {
  std::string request;
  // The body, if any, is there within a tick of the head: it is read so that closing is no reset.
  while (!stopped_) {
    const bool whole_head = request.find("\r\n\r\n") != std::string::npos;
    if (!Readable(fd, kTickMilliseconds)) {
      if (whole_head) break;
      continue;
    }
    char buffer[4096];
    const ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
    if (got <= 0) break;
    request.append(buffer, static_cast<size_t>(got));
  }
  if (!request.empty()) script_(Peer(fd, stopped_), request.substr(0, request.find("\r\n")));
  close(fd);
}

}  // namespace signalbook
