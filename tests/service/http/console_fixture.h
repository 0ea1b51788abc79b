// A console server on a free port, over fake methods, and clients of it.
#ifndef SIGNALBOOK_TESTS_SERVICE_HTTP_CONSOLE_FIXTURE_H_
#define SIGNALBOOK_TESTS_SERVICE_HTTP_CONSOLE_FIXTURE_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "service/http/console_server.h"
#include "tests/service/moderation/fake_methods.h"

namespace signalbook {

inline constexpr char kService[] = "/signalbook.v1.ModerationService/";
inline constexpr char kJson[] = "application/json";

inline httplib::Headers Ada() { return {{"Authorization", std::string("Bearer ") + kToken}}; }

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

class ConsoleServerTest : public ::testing::Test {
 protected:
  ~ConsoleServerTest() override { OpenGate(); }

  void Start(ConsoleServer::Options options = {}) {
    if (options.address.empty()) options.address = "127.0.0.1:0";
    auto server = ConsoleServer::Start(FakeBackend(), options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    port_ = std::stoi(server_->url().substr(server_->url().rfind(':') + 1));
    client_ = std::make_unique<httplib::Client>("127.0.0.1", port_);
  }

  httplib::Result Call(const std::string& method, const std::string& body,
                       const httplib::Headers& headers = Ada()) {
    return client_->Post(kService + method, headers, body, kJson);
  }

  std::unique_ptr<ConsoleServer> server_;
  int port_ = 0;
  std::unique_ptr<httplib::Client> client_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_HTTP_CONSOLE_FIXTURE_H_
