#include "tests/end_to_end/replicas/tcp_link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace signalbook {
namespace {

constexpr char kStop = 's';
constexpr int kBacklog = 128;

void Check(bool condition, const std::string& what) {
  if (condition) return;
  std::perror(what.c_str());
  std::abort();
}

union Address {
  sockaddr any;
  sockaddr_in in;
  sockaddr_un un;
};

socklen_t Resolve(const std::string& text, Address* address) {
  *address = {};
  if (text[0] == '/') {
    address->un.sun_family = AF_UNIX;
    std::strncpy(address->un.sun_path, text.c_str(), sizeof(address->un.sun_path) - 1);
    return sizeof(address->un);
  }
  const size_t colon = text.rfind(':');
  address->in.sin_family = AF_INET;
  address->in.sin_port = htons(static_cast<uint16_t>(std::atoi(text.c_str() + colon + 1)));
  Check(inet_pton(AF_INET, text.substr(0, colon).c_str(), &address->in.sin_addr) == 1, text);
  return sizeof(address->in);
}

int Listen(const std::string& text) {
  Address address;
  const socklen_t size = Resolve(text, &address);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  Check(bind(listener, &address.any, size) == 0 && listen(listener, kBacklog) == 0, text);
  return listener;
}

void NoDelay(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // no matter if it is not TCP
}

// Closes so that the other end gets a reset and no orderly end.
void CloseHard(int socket) {
  const linger reset{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  close(socket);
}

}  // namespace

TcpLink::TcpLink(std::string address, std::string target)
    : address_(std::move(address)), target_(std::move(target)), listener_(Listen(address_)) {
  // Packets, so that an order and its receipt are one each.
  Check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wake_) == 0, "socketpair");
  thread_ = std::thread([this] { Run(); });
}

TcpLink::~TcpLink() {
  Check(write(wake_[0], &kStop, 1) == 1, "write");
  thread_.join();
  close(wake_[0]);
  close(wake_[1]);
}

void TcpLink::Set(State state) {
  std::lock_guard lock(mutex_);
  const char order = static_cast<char>('0' + static_cast<int>(state));
  char receipt = 0;
  Check(write(wake_[0], &order, 1) == 1 && read(wake_[0], &receipt, 1) == 1, "a link's thread");
}

void TcpLink::Reset(Pair* pair) {
  CloseHard(pair->client);
  CloseHard(pair->server);
}

void TcpLink::Apply(State state) {
  if (state == State::kClosed && listener_ >= 0) {
    close(listener_);
    listener_ = -1;
    for (Pair& pair : pairs_) Reset(&pair);
    pairs_.clear();
  } else if (state != State::kClosed && listener_ < 0) {
    listener_ = Listen(address_);
  }
  state_ = state;
}

void TcpLink::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  Address address;
  const socklen_t size = Resolve(target_, &address);
  const int server = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  Check(server >= 0, "socket");
  NoDelay(client);
  NoDelay(server);
  if (connect(server, &address.any, size) != 0 && errno != EINPROGRESS) {
    close(server);
    return CloseHard(client);
  }
  pairs_.push_back({.client = client, .server = server, .there = {}, .back = {}});
}

void TcpLink::Move(int from, int to, short from_events, short to_events, Way* way, bool* broken) {
  if (way->bytes.empty() && !way->read_end && (from_events & (POLLIN | POLLHUP | POLLERR)) != 0) {
    char buffer[65536];
    const ssize_t count = recv(from, buffer, sizeof(buffer), 0);
    if (count > 0) way->bytes.assign(buffer, count);
    if (count == 0) way->read_end = true;
    if (count < 0 && errno != EAGAIN) *broken = true;
  }
  if (!way->bytes.empty() && (to_events & (POLLOUT | POLLHUP | POLLERR)) != 0) {
    const ssize_t count = send(to, way->bytes.data(), way->bytes.size(), MSG_NOSIGNAL);
    if (count > 0) way->bytes.erase(0, count);
    if (count < 0 && errno != EAGAIN) *broken = true;
  }
  if (way->bytes.empty() && way->read_end && !way->told_end) {
    shutdown(to, SHUT_WR);
    way->told_end = true;
  }
}

void TcpLink::Run() {
  for (;;) {
    std::vector<pollfd> fds = {{wake_[1], POLLIN, 0}};
    if (state_ == State::kOpen) {
      fds.push_back({listener_, POLLIN, 0});
      const auto events = [](const Way& in, const Way& out) {
        return static_cast<short>((in.bytes.empty() && !in.read_end ? POLLIN : 0) |
                                  (out.bytes.empty() ? 0 : POLLOUT));
      };
      // Of a socket that nothing is wanted from, poll would tell again and again that it was hung up.
      const auto watch = [&fds](int socket, short wanted) {
        fds.push_back({wanted == 0 ? -1 : socket, wanted, 0});
      };
      for (const Pair& pair : pairs_) {
        watch(pair.client, events(pair.there, pair.back));
        watch(pair.server, events(pair.back, pair.there));
      }
    }
    poll(fds.data(), fds.size(), -1);
    if (fds[0].revents != 0) {
      char order = 0;
      Check(read(wake_[1], &order, 1) == 1, "a link's order");
      if (order == kStop) break;
      Apply(static_cast<State>(order - '0'));
      Check(write(wake_[1], &order, 1) == 1, "a link's receipt");
      continue;
    }
    size_t next = 2;
    for (auto pair = pairs_.begin(); pair != pairs_.end();) {
      const short client = fds[next].revents, server = fds[next + 1].revents;
      next += 2;
      Move(pair->client, pair->server, client, server, &pair->there, &pair->broken);
      Move(pair->server, pair->client, server, client, &pair->back, &pair->broken);
      const bool ended = pair->there.told_end && pair->back.told_end;
      if (!pair->broken && !ended) {
        ++pair;
        continue;
      }
      if (pair->broken) {
        Reset(&*pair);
      } else {
        close(pair->client);
        close(pair->server);
      }
      pair = pairs_.erase(pair);
    }
    // Last: what it adds was not asked for by poll.
    if (fds[1].revents != 0) Accept();
  }
  Apply(State::kClosed);
}

}  // namespace signalbook
