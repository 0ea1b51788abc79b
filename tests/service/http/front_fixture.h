// A server that serves gRPC and HTTP on free ports, and clients of both.
#ifndef SIGNALBOOK_TESTS_SERVICE_HTTP_FRONT_FIXTURE_H_
#define SIGNALBOOK_TESTS_SERVICE_HTTP_FRONT_FIXTURE_H_

#include <gtest/gtest.h>
#include <httplib.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tests/service/server_fixture.h"

namespace signalbook {

inline constexpr char kTranslationPath[] = "/signalbook.v1.TranslationService/";
// What a model must translate.
inline constexpr char kProse[] =
    R"({"contents": ["Hello world"], "sourceLanguageCode": "en", "targetLanguageCode": "es"})";

// Of an error as JSON; empty if it carries none.
inline std::string JsonReasonOf(const nlohmann::json& error) {
  for (const nlohmann::json& detail : error.value("details", nlohmann::json::array())) {
    if (detail["type"] == "google.rpc.ErrorInfo") return detail["debug"]["reason"];
  }
  return "";
}

class FrontTest : public ServerTest {
 protected:
  void StartFront(std::shared_ptr<Model> model, v1::Config config = {}) {
    config.mutable_http()->set_address("127.0.0.1:0");
    ServedModels models;
    models.pairs = {{"en", "es", ""}, {"es", "en", ""}};
    Start(std::move(model), std::move(config), models);
    ASSERT_NE(server_, nullptr);
    const std::string url = server_->http_url();
    port_ = std::stoi(url.substr(url.rfind(':') + 1));
    client_ = std::make_unique<httplib::Client>(url);
    client_->set_read_timeout(60);
  }

  httplib::Result Call(const std::string& method, const std::string& body,
                       const httplib::Headers& headers = {}) {
    return client_->Post(kTranslationPath + method, headers, body, "application/json");
  }

  int port_ = 0;
  std::unique_ptr<httplib::Client> client_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SERVICE_HTTP_FRONT_FIXTURE_H_
