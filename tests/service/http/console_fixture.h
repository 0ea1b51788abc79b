// A console server on a free port, over fake methods, and clients of it.
#ifndef SIGNALBOOK_TESTS_SERVICE_HTTP_CONSOLE_FIXTURE_H_
#define SIGNALBOOK_TESTS_SERVICE_HTTP_CONSOLE_FIXTURE_H_

#include <gtest/gtest.h>
#include <httplib.h>

#include <memory>
#include <string>
#include <utility>

#include "service/http/console_server.h"
#include "tests/service/http/raw_client.h"
#include "tests/service/moderation/fake_methods.h"

namespace signalbook {

inline constexpr char kService[] = "/signalbook.v1.ModerationService/";
inline constexpr char kJson[] = "application/json";

inline httplib::Headers Ada() { return {{"Authorization", std::string("Bearer ") + kToken}}; }

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
