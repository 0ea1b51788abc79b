#include "service/http/connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/time/clock.h"

namespace signalbook {
namespace {

constexpr size_t kBufferBytes = 16'384;  // a TLS record
constexpr size_t kMaxHeadBytes = 65'536;
// What an answer under way gets once the server stops.
constexpr absl::Duration kStopGrace = absl::Seconds(1);
constexpr absl::Duration kRefuseTimeout = absl::Seconds(1);

}  // namespace

void Connection::FreeSsl::operator()(SSL* ssl) const { SSL_free(ssl); }

Connection::Connection(int socket, int stop_event, std::shared_ptr<SSL_CTX> context,
                       const ConnectionTimeouts& timeouts)
    : socket_(socket), stop_event_(stop_event), timeouts_(timeouts), context_(std::move(context)) {
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  fcntl(socket_, F_SETFD, FD_CLOEXEC);  // models are processes
  if (context_ == nullptr) return;
  ssl_.reset(SSL_new(context_.get()));
  failed_ = ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket_) != 1;
}

Connection::~Connection() {
  ERR_clear_error();
  // Tells the client that nothing was cut off; forbidden after an error.
  if (ssl_ != nullptr && !failed_) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  ::close(socket_);
}

bool Connection::Handshake() {
  if (context_ == nullptr || failed_) return !failed_;
  const absl::Time deadline = absl::Now() + timeouts_.stall;
  for (;;) {
    ERR_clear_error();
    const int result = SSL_accept(ssl_.get());
    if (result == 1) return true;
    const int events = EventsOf(result);
    if (events == 0 || !Wait(events, deadline, /*finishing=*/false)) break;
  }
  failed_ = true;
  return false;
}

bool Connection::WaitForRequest() {
  if (failed_) return false;
  const bool waiting =
      position_ < buffer_.size() || (ssl_ != nullptr && SSL_pending(ssl_.get()) > 0);
  if (!waiting && !Wait(POLLIN, absl::Now() + timeouts_.idle, /*finishing=*/false)) return false;
  request_deadline_ = absl::Now() + timeouts_.request;
  answer_deadline_ = absl::InfiniteFuture();
  readable_ = kMaxHeadBytes;
  return true;
}

void Connection::EndOfHead(size_t body_bytes) { readable_ = body_bytes; }

void Connection::Refuse() {
  if (failed_) return;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  failed_ = true;  // nothing more is said on it
  ::shutdown(socket_, SHUT_WR);
  const absl::Time deadline = absl::Now() + kRefuseTimeout;
  std::array<char, kBufferBytes> discarded;
  while (Wait(POLLIN, deadline, /*finishing=*/false) &&
         ::recv(socket_, discarded.data(), discarded.size(), 0) > 0) {
  }
}

bool Connection::is_readable() const { return !failed_; }
bool Connection::is_writable() const { return !failed_; }

ssize_t Connection::read(char* data, size_t size) {
  if (readable_ == 0) return -1;  // not failed_: the answer can still be written
  if (position_ == buffer_.size()) {
    buffer_.resize(kBufferBytes);
    position_ = 0;
    int events = 0;
    ssize_t received = -1;
    while (!failed_ && (received = ReadSome(buffer_.data(), buffer_.size(), &events)) < 0) {
      const absl::Time deadline = std::min(request_deadline_, absl::Now() + timeouts_.stall);
      failed_ = events == 0 || !Wait(events, deadline, /*finishing=*/false);
    }
    buffer_.resize(std::max<ssize_t>(received, 0));
    if (received <= 0) {
      failed_ = true;
      return received;
    }
  }
  const size_t count = std::min({size, buffer_.size() - position_, readable_});
  std::copy_n(buffer_.data() + position_, count, data);
  position_ += count;
  readable_ -= count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* data, size_t size) {
  if (answer_deadline_ == absl::InfiniteFuture()) answer_deadline_ = absl::Now() + timeouts_.answer;
  size_t sent = 0;
  while (!failed_ && sent < size) {
    int events = 0;
    const ssize_t count = WriteSome(data + sent, size - sent, &events);
    if (count > 0) {
      sent += count;
      continue;
    }
    const absl::Time deadline = std::min(answer_deadline_, absl::Now() + timeouts_.stall);
    failed_ = events == 0 || !Wait(events, deadline, /*finishing=*/true);
  }
  return failed_ ? -1 : static_cast<ssize_t>(sent);
}

// For limits on each client. Log lines with it would be personal data.
void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  std::array<char, NI_MAXHOST> text{};
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::getpeername(socket_, any, &size) == 0 &&
      ::getnameinfo(any, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
    ip = text.data();
  }
}
void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

bool Connection::Wait(int events, absl::Time deadline, bool finishing) {
  bool stopping = false;
  for (;;) {
    // poll() leaves out a descriptor below zero.
    std::array<pollfd, 2> wanted = {
        {{socket_, static_cast<short>(events), 0}, {stopping ? -1 : stop_event_, POLLIN, 0}}};
    const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
    const int ready = ::poll(
        wanted.data(), wanted.size(),
        static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)))));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    if (wanted[1].revents != 0) {
      if (!finishing) return false;
      stopping = true;
      answer_deadline_ = std::min(answer_deadline_, absl::Now() + kStopGrace);
      deadline = std::min(deadline, answer_deadline_);
    }
    if (wanted[0].revents != 0) return true;
  }
}

ssize_t Connection::ReadSome(char* data, size_t size, int* events) {
  *events = 0;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int count = SSL_read(ssl_.get(), data, static_cast<int>(size));
    if (count > 0) return count;
    if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) return 0;
    *events = EventsOf(count);
    return -1;
  }
  const ssize_t count = ::recv(socket_, data, size, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) *events = POLLIN;
  return count;
}

ssize_t Connection::WriteSome(const char* data, size_t size, int* events) {
  *events = 0;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int count =
        SSL_write(ssl_.get(), data, static_cast<int>(std::min<size_t>(size, kBufferBytes)));
    if (count > 0) return count;
    *events = EventsOf(count);
    return -1;
  }
  const ssize_t count = ::send(socket_, data, size, MSG_NOSIGNAL);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) *events = POLLOUT;
  return count;
}

int Connection::EventsOf(int result) const {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return POLLIN;
    case SSL_ERROR_WANT_WRITE:
      return POLLOUT;
    default:
      return 0;
  }
}

}  // namespace signalbook
