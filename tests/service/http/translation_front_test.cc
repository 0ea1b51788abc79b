// TranslationService as JSON over HTTP: what is the same as over gRPC, and what HTTP adds.
#include "service/http/translation_front.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "service/limits.h"
#include "tests/service/http/front_fixture.h"
#include "tests/service/http/raw_client.h"
#include "tests/service/waiting_model.h"
#include "tests/support/certificates.h"
#include "tests/support/fake_models.h"

namespace signalbook {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;
using TranslationFrontTest = FrontTest;

std::shared_ptr<WaitingModel> OpenModel() {
  return std::make_shared<WaitingModel>("Hola mundo", /*open=*/true);
}

std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

TEST_F(TranslationFrontTest, EveryUnaryMethodAnswersAsOverGrpc) {
  StartFront(OpenModel());
  const std::multimap<std::string, std::string> requests = {
      {"TranslateText", kProse},
      {"TranslateText",
       R"({"contents": ["Hello world 🇨🇦", "", "🇨🇦🇨"], "sourceLanguageCode": "en",
           "targetLanguageCode": "es", "emojiMode": "EMOJI_MODE_KEEP_AND_NAME",
           "offsetEncoding": "OFFSET_ENCODING_UTF16"})"},
      {"TranslateText",
       R"({"contents": ["He waits"], "source_language_code": "fr", "target_language_code": "de",
           "policy": "POLICY_STRICT"})"},
      {"AnalyzeText",
       R"({"contents": ["a 👩‍🚀", "🇿🇿"], "displayLocales": ["es", "zh-Hant"]})"},
      {"DetectLanguage",
       R"({"contents": ["I will see you tomorrow at the station"], "targetLanguageCode": "es"})"},
      {"ListLanguages", "{}"},
      {"ListLanguages", R"({"displayLanguageCode": "fr"})"},
      {"JudgeCandidate", R"({"content": "Hello world", "candidate": "Está en la cárcel",
                             "sourceLanguageCode": "en", "targetLanguageCode": "es"})"},
  };
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "signalbook.v1.TranslationService");
  for (int i = 0; i < service->method_count(); ++i) {
    const auto* method = service->method(i);
    if (method->client_streaming()) {
      EXPECT_EQ(Call(method->name(), "{}")->status, 501) << method->name();
      continue;
    }
    const auto [begin, end] = requests.equal_range(method->name());
    EXPECT_NE(begin, end) << method->name() << ": try it here";
    for (auto it = begin; it != end; ++it) {
      const auto request = New(method->input_type());
      ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(it->second, request.get()).ok());
      std::string bytes;
      const grpc::Status status =
          CallRaw(kTranslationPath + method->name(), request->SerializeAsString(), &bytes);
      ASSERT_TRUE(status.ok()) << status.error_message();
      const auto response = New(method->output_type());
      ASSERT_TRUE(response->ParseFromString(bytes));
      std::string expected;
      ASSERT_TRUE(google::protobuf::util::MessageToJsonString(*response, &expected).ok());

      const auto answer = Call(method->name(), it->second);
      ASSERT_TRUE(answer) << it->second;
      EXPECT_EQ(answer->status, 200) << it->second << answer->body;
      EXPECT_EQ(answer->get_header_value("Content-Type"), "application/json");
      EXPECT_EQ(Json::parse(answer->body), Json::parse(expected)) << it->second;
    }
  }
}

TEST_F(TranslationFrontTest, ErrorsAreThoseOfGrpc) {
  StartFront(OpenModel());
  const std::string long_content = std::string(kMaxContentCodePoints + 1, 'x');
  const std::string cases[] = {
      R"({"contents": ["a"]})",
      R"({"contents": ["a"], "targetLanguageCode": "xx"})",
      R"({"targetLanguageCode": "es"})",
      R"({"contents": ["a"], "targetLanguageCode": "es", "dialects": ["klingon"]})",
      R"({"contents": ["a"], "targetLanguageCode": "es", "offsetEncoding": 7})",
      R"({"contents": [")" + long_content + R"("], "targetLanguageCode": "es"})",
  };
  for (const std::string& body : cases) {
    v1::TranslateTextRequest request;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(body, &request).ok()) << body;
    v1::TranslateTextResponse none;
    const grpc::Status expected = Translate(request, &none);
    const auto answer = Call("TranslateText", body);
    ASSERT_TRUE(answer) << body;
    EXPECT_EQ(answer->status, 400) << body;
    const Json error = Json::parse(answer->body);
    EXPECT_EQ(error["code"], "invalid_argument");
    EXPECT_EQ(error["message"], expected.error_message());
    EXPECT_EQ(JsonReasonOf(error), DetailsOf(expected).reason);
  }
}

TEST_F(TranslationFrontTest, WhatIsNoCall) {
  StartFront(OpenModel());
  const std::string path = std::string(kTranslationPath) + "TranslateText";
  struct Case {
    const char* what;
    std::string request;  // without "HTTP/1.1" and what follows
    std::string headers;
    std::string body;
    int status;
    std::string says;
  };
  const std::string json = "Content-Type: application/json\r\n";
  const Case cases[] = {
      {"an unknown method", "POST " + std::string(kTranslationPath) + "Guess", json, "{}", 501,
       "unimplemented"},
      {"a method of another service", "POST /signalbook.v1.ModerationService/GetCaller", json, "{}",
       404, "error"},
      {"another content type", "POST " + path, "Content-Type: text/plain\r\n", kProse, 415,
       "application/json"},
      {"a form", "POST " + path, "Content-Type: application/x-www-form-urlencoded\r\n", "a=b", 415,
       "application/json"},
      {"no content type", "POST " + path, "", kProse, 415, "application/json"},
      {"compressed", "POST " + path, json + "Content-Encoding: gzip\r\n", kProse, 415,
       "compressed"},
      {"no JSON", "POST " + path, json, "{\"contents\": [", 400, "MALFORMED_REQUEST"},
      {"no body", "POST " + path, json, "", 400, "MALFORMED_REQUEST"},
      {"an unknown field", "POST " + path, json, R"({"content": ["a"]})", 400, "MALFORMED_REQUEST"},
      {"no UTF-8", "POST " + path, json, "{\"contents\": [\"\xFF\"]}", 400, "INVALID_UTF8"},
      {"read instead of called", "GET " + path, "", "", 405, "POST"},
      {"nothing of ours", "GET /robots.txt", "", "", 404, "error"},
      {"a time-out of no time", "POST " + path, json + "Connect-Timeout-Ms: 0\r\n", kProse, 400,
       "Connect-Timeout-Ms"},
      {"a time-out that is no number", "POST " + path, json + "Connect-Timeout-Ms: 1s\r\n", kProse,
       400, "Connect-Timeout-Ms"},
      {"a time-out of too many digits", "POST " + path,
       json + "Connect-Timeout-Ms: 12345678901\r\n", kProse, 400, "Connect-Timeout-Ms"},
      {"another host's name", "GET /healthz", "Host: rebound.example\r\n", "", 421, "localhost"},
      {"two origins", "GET /healthz", "Origin: http://a\r\nOrigin: http://b\r\n", "", 400,
       "Origin"},
  };
  for (const Case& c : cases) {
    const RawClient client(port_);
    std::string head = c.request + " HTTP/1.1\r\nConnection: close\r\n" + c.headers;
    if (c.headers.find("Host:") == std::string::npos) head += "Host: localhost\r\n";
    if (c.request.starts_with("POST")) {
      head += "Content-Length: " + std::to_string(c.body.size()) + "\r\n";
    }
    ASSERT_TRUE(client.Send(head + "\r\n" + c.body));
    const std::string answer = client.Receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(c.status))) << c.what;
    EXPECT_THAT(answer, HasSubstr(c.says)) << c.what;
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n")) << c.what;
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: application/json\r\n")) << c.what;
  }
  EXPECT_EQ(client_->Get(path)->get_header_value("Allow"), "POST");
  EXPECT_EQ(client_->Post("/languages", "{}", "application/json")->get_header_value("Allow"),
            "GET, HEAD");
}

TEST_F(TranslationFrontTest, EveryAnswerNamesItsRequest) {
  const std::string log = testing::TempDir() + "/translation_front_test.log";
  std::remove(log.c_str());
  v1::Config config;
  config.set_request_log(log);
  StartFront(OpenModel(), config);
  const std::string method = std::string(kTranslationPath) + "TranslateText";
  const struct {
    const char* what;
    const char* http_method;
    std::string path;
    std::string body;
    std::string given;
    int status;
    bool logged;
  } kRows[] = {
      {"a call", "POST", method, kProse, "room-7/42", 200, true},
      {"without an id", "POST", method, kProse, "", 200, true},
      {"an id that may not stand in a log", "POST", method, kProse, "a\"b", 200, true},
      {"an error of the call", "POST", method, "{}", "e-1", 400, true},
      {"no JSON", "POST", method, "{", "e-2", 400, true},
      {"no such method", "POST", std::string(kTranslationPath) + "X", "{}", "e-3", 501, false},
      {"LibreTranslate's", "POST", "/translate",
       R"({"q": "Hello world", "source": "en", "target": "es"})", "l-1", 200, true},
      {"its errors", "POST", "/translate", "{}", "l-2", 400, true},
      {"what is not there", "GET", "/nothing", "", "d-1", 404, false},
      {"what is not done so", "GET", "/translate", "", "d-2", 405, false},
      {"health", "GET", "/healthz", "", "h-1", 200, false},
  };
  std::vector<std::string> expected;
  std::vector<std::string> ids;
  for (const auto& row : kRows) {
    httplib::Headers headers;
    if (!row.given.empty()) headers.emplace("X-Request-Id", row.given);
    const auto answer = row.http_method == std::string("GET")
                            ? client_->Get(row.path, headers)
                            : client_->Post(row.path, headers, row.body, "application/json");
    ASSERT_TRUE(answer) << row.what;
    EXPECT_EQ(answer->status, row.status) << row.what << answer->body;
    EXPECT_EQ(answer->get_header_value_count("X-Request-Id"), 1u) << row.what;
    const std::string id = answer->get_header_value("X-Request-Id");
    const bool own = row.given.empty() || row.given.find('"') != std::string::npos;
    if (own) {
      EXPECT_EQ(id.size(), 32u) << row.what;
    } else {
      EXPECT_EQ(id, row.given) << row.what;
    }
    if (row.logged) expected.push_back(id);
  }
  server_.reset();  // writes the log
  std::ifstream in(log);
  for (std::string line; std::getline(in, line);) {
    ids.push_back(Json::parse(line).value("request_id", ""));
  }
  EXPECT_EQ(ids, expected);
}

TEST_F(TranslationFrontTest, ModelsAreToldOfTheCallsTrace) {
  const auto model = std::make_shared<RecordingModel>(OpenModel());
  StartFront(model);
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  ASSERT_EQ(Call("TranslateText", kProse, {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}})
                ->status,
            200);
  ASSERT_EQ(Call("TranslateText", kProse)->status, 200);
  ASSERT_EQ(model->requests().size(), 2u);
  EXPECT_THAT(model->requests()[0].traceparent, StartsWith("00-" + trace + "-"));
  EXPECT_EQ(model->requests()[0].traceparent.find("00f067aa0ba902b7"), std::string::npos);
  EXPECT_EQ(model->requests()[1].traceparent, "");
}

TEST_F(TranslationFrontTest, BodiesHaveALimit) {
  StartFront(nullptr);
  const std::string end = R"("], "targetLanguageCode": "es"})";
  std::string body = R"({"contents": [")";
  body += std::string(kMaxHttpBytes - body.size() - end.size(), 'x') + end;
  EXPECT_EQ(JsonReasonOf(Json::parse(Call("TranslateText", body)->body)), "CONTENT_TOO_LONG");
  const auto answer = Call("TranslateText", body + " ");
  ASSERT_TRUE(answer) << "the answer must survive the bytes that nobody reads";
  EXPECT_EQ(answer->status, 413);
  EXPECT_THAT(answer->body, HasSubstr(std::to_string(kMaxHttpBytes)));
}

// A body that stopped being read must not become a request that passed no door.
TEST_F(TranslationFrontTest, WhatIsLeftOfABodyIsNotTheNextRequest) {
  StartFront(nullptr);
  const std::string inner = "GET /languages HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const std::string& type :
       {std::string("multipart/form-data"), std::string("multipart/form-data; boundary=x"),
        std::string("text/plain")}) {
    const RawClient client(port_);
    const std::string body = "no boundary\r\n" + inner;
    ASSERT_TRUE(client.Send("POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type +
                            "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                            body));
    const std::string answer = client.Receive();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 4")) << type;
    EXPECT_THAT(answer, HasSubstr("{\"error\":")) << type;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << type << answer;
  }
}

TEST_F(TranslationFrontTest, CallsAreCountedAsOverGrpc) {
  v1::Config config;
  config.set_metrics("127.0.0.1:0");
  StartFront(OpenModel(), config);
  EXPECT_EQ(Call("TranslateText", kProse)->status, 200);
  EXPECT_EQ(Call("TranslateText", "{")->status, 400);
  EXPECT_EQ(client_->Post("/translate", "{}", "application/json")->status, 400);
  EXPECT_EQ(client_->Get("/languages")->status, 200);
  const std::string url = server_->metrics_url();
  httplib::Client metrics(url.substr(0, url.rfind('/')));
  const std::string text = metrics.Get("/metrics")->body;
  for (const char* line :
       {"signalbook_calls_total{method=\"TranslateText\",code=\"OK\"} 1",
        "signalbook_calls_total{method=\"TranslateText\",code=\"INVALID_ARGUMENT\"} 2",
        "signalbook_calls_total{method=\"ListLanguages\",code=\"OK\"} 1",
        "signalbook_messages_total{verdict=\"translated\"} 1"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(TranslationFrontTest, PagesOfOtherSites) {
  struct Case {
    const char* what;
    std::vector<std::string> allowed;
    std::string origin;
    int status;
    std::string allow_origin;  // in the answer
    std::string vary;
  };
  const std::string chat = "https://chat.example";
  const Case cases[] = {
      {"not configured", {}, chat, 403, "", ""},
      {"allowed", {"https://other.example", chat}, chat, 200, chat, "Origin"},
      {"another", {chat}, "https://evil.example", 403, "", "Origin"},
      {"the same, not encrypted", {chat}, "http://chat.example", 403, "", "Origin"},
      {"the name at the start", {chat}, "https://chat.example.evil", 403, "", "Origin"},
      {"a sandboxed frame", {chat}, "null", 403, "", "Origin"},
      {"any", {"*"}, chat, 200, "*", ""},
      {"any, a file", {"*"}, "null", 200, "*", ""},
      {"no browser", {chat}, "", 200, "", "Origin"},
  };
  for (const Case& c : cases) {
    v1::Config config;
    for (const std::string& origin : c.allowed) config.mutable_http()->add_allowed_origins(origin);
    StartFront(nullptr, config);
    httplib::Headers headers;
    if (!c.origin.empty()) headers.emplace("Origin", c.origin);
    const auto get = client_->Get("/languages", headers);
    const auto post = client_->Post("/detect", headers, httplib::Params{{"q", "hello"}});
    httplib::Headers asks = headers;
    asks.emplace("Access-Control-Request-Method", "POST");
    asks.emplace("Access-Control-Request-Headers", "content-type");
    const auto preflight = client_->Options("/translate", asks);
    for (const httplib::Result* answer : {&get, &post, &preflight}) {
      ASSERT_TRUE(*answer) << c.what;
      const httplib::Response& response = answer->value();
      EXPECT_EQ(response.get_header_value("Access-Control-Allow-Origin"), c.allow_origin) << c.what;
      EXPECT_EQ(response.get_header_value("Vary"), c.vary) << c.what;
      EXPECT_FALSE(response.has_header("Access-Control-Allow-Credentials")) << c.what;
    }
    EXPECT_EQ(get->status, c.status) << c.what;
    EXPECT_EQ(post->status, c.status) << c.what;
    if (c.origin.empty()) {
      EXPECT_EQ(preflight->status, 405) << c.what;
      continue;
    }
    EXPECT_EQ(preflight->status, c.status == 200 ? 204 : 403) << c.what;
    EXPECT_EQ(preflight->has_header("Access-Control-Allow-Methods"), c.status == 200) << c.what;
    EXPECT_EQ(preflight->has_header("Access-Control-Allow-Headers"), c.status == 200) << c.what;
    if (c.status != 200) continue;
    // Errors can be read by the page, too.
    const auto error = client_->Post("/translate", headers, "{}", "application/json");
    EXPECT_EQ(error->status, 400);
    EXPECT_EQ(error->get_header_value("Access-Control-Allow-Origin"), c.allow_origin) << c.what;
    EXPECT_EQ(error->get_header_value("Access-Control-Expose-Headers"),
              c.origin.empty() ? "" : "Retry-After, X-Request-Id")
        << c.what;
  }
}

TEST_F(TranslationFrontTest, ItsOwnOriginNeedsNoPermission) {
  StartFront(nullptr);
  const auto answer = client_->Get("/languages", {{"Origin", server_->http_url()}});
  EXPECT_EQ(answer->status, 200);
  EXPECT_FALSE(answer->has_header("Access-Control-Allow-Origin"));
}

TEST_F(TranslationFrontTest, Https) {
  const TestAuthority authority("translation_front");
  const TestCertificate own = authority.Issue("server", "IP:127.0.0.1");
  v1::Config config;
  config.mutable_tls()->set_certificate_file(own.certificate_file);
  config.mutable_tls()->set_key_file(own.key_file);
  StartFront(OpenModel(), config);
  EXPECT_THAT(server_->http_url(), StartsWith("https://127.0.0.1:"));
  httplib::SSLClient client("127.0.0.1", port_);
  client.set_ca_cert_path(authority.own().certificate_file.c_str());
  client.enable_server_certificate_verification(true);
  const auto answer =
      client.Post(std::string(kTranslationPath) + "TranslateText", kProse, "application/json");
  ASSERT_TRUE(answer);
  EXPECT_EQ(Json::parse(answer->body)["translations"][0]["translatedText"], "Hola mundo");
}

TEST_F(TranslationFrontTest, WhereItListens) {
  StartFront(nullptr);
  const struct {
    const char* what;
    std::string address;
    bool allow_remote;
    absl::StatusCode code;
  } kRows[] = {
      {"every address", "0.0.0.0:0", false, absl::StatusCode::kInvalidArgument},
      {"every address, allowed", "0.0.0.0:0", true, absl::StatusCode::kOk},
      {"taken", "127.0.0.1:" + std::to_string(port_), false, absl::StatusCode::kUnavailable},
  };
  for (const auto& row : kRows) {
    v1::Config config;
    config.set_listen("127.0.0.1:0");
    config.set_allow_remote(row.allow_remote);
    config.mutable_http()->set_address(row.address);
    ASSERT_TRUE(CompleteConfig(&config).ok());
    const auto server =
        Server::Start(config, std::make_shared<const LiveTranslator>(MakeTranslator(nullptr)));
    EXPECT_EQ(server.status().code(), row.code) << row.what;
    if (!server.ok()) {
      EXPECT_THAT(std::string(server.status().message()), StartsWith("http.address: "));
    }
  }
}

}  // namespace
}  // namespace signalbook
