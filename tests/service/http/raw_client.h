#ifndef SIGNALBOOK_TESTS_SERVICE_HTTP_RAW_CLIENT_H_
#define SIGNALBOOK_TESTS_SERVICE_HTTP_RAW_CLIENT_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace signalbook {

// A connection that sends any bytes.
class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const timeval timeout{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  }
  ~RawClient() { ::close(socket_); }

  bool Send(const std::string& bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  // Until the server closes, or `end` has come.
  std::string Receive(const std::string& end = "") const {
    std::string all;
    char chunk[4096];
    ssize_t count = 0;
    while ((end.empty() || all.find(end) == std::string::npos) &&
           (count = ::recv(socket_, chunk, sizeof(chunk), 0)) > 0) {
      all.append(chunk, count);
    }
    return all;
  }
  // A little of an answer; 0 at its end.
  ssize_t Sip() const {
    std::array<char, 65'536> chunk;
    return ::recv(socket_, chunk.data(), chunk.size(), 0);
  }

 private:
  const int socket_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_HTTP_RAW_CLIENT_H_
