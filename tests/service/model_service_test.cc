// A server as another's model: what it answers over ModelService, and what a Signalbook makes of that.
#include "service/model_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/remote_model.h"
#include "service/strings.h"
#include "tests/service/server_fixture.h"
#include "tests/service/waiting_model.h"
#include "tests/support/fake_models.h"
#include "translator/models/cached.h"
#include "translator/models/first_of.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

v1::Config Serving() {
  v1::Config config;
  config.set_serve_models(true);
  return config;
}

v1::TranslateSentencesRequest Asking(std::vector<std::string> sentences, std::string from = "en",
                                     std::string to = "es") {
  v1::TranslateSentencesRequest request;
  for (std::string& sentence : sentences) request.add_sentences(std::move(sentence));
  request.set_source_language_code(std::move(from));
  request.set_target_language_code(std::move(to));
  return request;
}

std::shared_ptr<Model> RemoteAt(const std::string& address) {
  auto model = RemoteModel::Create({.address = address});
  EXPECT_TRUE(model.ok()) << model.status();
  return std::shared_ptr<Model>(*std::move(model));
}

class ModelServiceTest : public ServerTest {
 protected:
  grpc::Status Ask(const v1::TranslateSentencesRequest& request,
                   v1::TranslateSentencesResponse* response,
                   const std::vector<std::pair<std::string, std::string>>& metadata = {}) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
    return v1::ModelService::NewStub(channel_)->TranslateSentences(&context, request, response);
  }
};

TEST_F(ModelServiceTest, ATextOnlyIfAllOfItIsLicensed) {
  const auto model = std::make_shared<RecordingModel>(std::make_shared<DictionaryModel>(
      std::map<std::string, std::string>{{"Hello world", "Hola mundo"},
                                         {"See ⟦0⟧ tomorrow", "Nos vemos mañana, ⟦0⟧"},
                                         {"We walk home", "Está en la cárcel"}}));
  Start(model, Serving());
  v1::TranslateSentencesResponse response;
  const grpc::Status status =
      Ask(Asking({"Hello world", "Xylophone", "We walk home", "See ⟦0⟧ tomorrow", "⟦0⟧ 42", "🇨🇦"}),
          &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_THAT(response.sentences(), SizeIs(6));
  EXPECT_EQ(response.sentences(0).text(), "Hola mundo");
  EXPECT_EQ(response.sentences(0).model_name(), "dictionary");
  EXPECT_EQ(response.sentences(1).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(response.sentences(2).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_FALSE(response.sentences(2).has_text()) << "the gate refused it";
  EXPECT_EQ(response.sentences(3).text(), "Nos vemos mañana, ⟦0⟧");
  EXPECT_EQ(response.sentences(4).text(), "⟦0⟧ 42") << "there is nothing to translate";
  EXPECT_EQ(response.sentences(5).text(), "🇨🇦") << "it breaks model.proto, and no law";
  for (const std::string& sentence : model->sentences()) EXPECT_NE(sentence, "🇨🇦");
}

TEST_F(ModelServiceTest, ErrorsOfACall) {
  Start(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true), Serving());
  const struct {
    const char* what;
    v1::TranslateSentencesRequest request;
    std::vector<std::pair<std::string, std::string>> metadata;
    grpc::StatusCode code;
  } kRows[] = {
      {"as it should be", Asking({"Hello world"}), {}, grpc::StatusCode::OK},
      {"nothing", Asking({}), {}, grpc::StatusCode::INVALID_ARGUMENT},
      {"a long sentence",
       Asking({"a", std::string(kMaxSentenceBytes + 1, 'a')}),
       {},
       grpc::StatusCode::INVALID_ARGUMENT},
      {"as many as there may be",
       Asking(std::vector<std::string>(kMaxSentences, "7")),
       {},
       grpc::StatusCode::OK},
      {"more",
       Asking(std::vector<std::string>(kMaxSentences + 1, "7")),
       {},
       grpc::StatusCode::INVALID_ARGUMENT},
      {"no source", Asking({"Hello world"}, "", "es"), {}, grpc::StatusCode::NOT_FOUND},
      {"no target", Asking({"Hello world"}, "en", ""), {}, grpc::StatusCode::NOT_FOUND},
      {"a language that the book has not",
       Asking({"Hello world"}, "en", "tlh"),
       {},
       grpc::StatusCode::NOT_FOUND},
      {"the last hop",
       Asking({"Hello world"}),
       {{"signalbook-hops", StrCat(kMaxHops)}},
       grpc::StatusCode::OK},
      {"a hop too many",
       Asking({"Hello world"}),
       {{"signalbook-hops", StrCat(kMaxHops + 1)}},
       grpc::StatusCode::NOT_FOUND},
      {"far too many",
       Asking({"Hello world"}),
       {{"signalbook-hops", "99999999999999999999"}},
       grpc::StatusCode::NOT_FOUND},
      {"fewer than none",
       Asking({"Hello world"}),
       {{"signalbook-hops", "-1"}},
       grpc::StatusCode::NOT_FOUND},
      {"no number",
       Asking({"Hello world"}),
       {{"signalbook-hops", "x"}},
       grpc::StatusCode::NOT_FOUND},
  };
  for (const auto& row : kRows) {
    v1::TranslateSentencesResponse response;
    const grpc::Status status = Ask(row.request, &response, row.metadata);
    EXPECT_EQ(status.error_code(), row.code) << row.what << ": " << status.error_message();
    if (!status.ok()) continue;
    EXPECT_EQ(response.sentences_size(), row.request.sentences_size()) << row.what;
  }
  std::string answer;
  EXPECT_EQ(CallRaw("/signalbook.v1.ModelService/TranslateSentences", "\x1A\x01\xFF", &answer)
                .error_code(),
            grpc::StatusCode::INVALID_ARGUMENT)
      << "a sentence that is not UTF-8";
}

TEST_F(ModelServiceTest, IsServedOnlyIfTheConfigurationSaysSo) {
  Start(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
  v1::TranslateSentencesResponse response;
  EXPECT_EQ(Ask(Asking({"Hello world"}), &response).error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ModelServiceTest, AccessHolds) {
  v1::Config config = Serving();
  v1::Client* client = config.mutable_access()->add_clients();
  client->set_name("edge");
  client->add_token_sha256(TokenHash("sb_edge"));
  client->mutable_limits()->set_characters_per_minute(60);
  client->mutable_limits()->set_character_burst(20);
  Start(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true), config);
  v1::TranslateSentencesResponse response;
  EXPECT_EQ(Ask(Asking({"Hello world"}), &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  const std::vector<std::pair<std::string, std::string>> edge = {
      {"authorization", "Bearer sb_edge"}};
  EXPECT_TRUE(Ask(Asking({"Hello world"}), &response, edge).ok());
  const grpc::Status limited = Ask(Asking({"Hello world"}), &response, edge);
  EXPECT_EQ(DetailsOf(limited).reason, "QUOTA_EXHAUSTED");
}

TEST_F(ModelServiceTest, TellsWhatItCanTranslate) {
  ServedModels models;
  models.pairs = {{"en", "es", ""}, {"en", "pt", "es"}};
  Start(nullptr, Serving(), models);
  auto remote = RemoteModel::Create({.address = server_->address()});
  ASSERT_TRUE(remote.ok());
  const auto pairs = (*remote)->ListLanguagePairs(absl::Now() + absl::Seconds(60));
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_THAT(*pairs, SizeIs(2));
  EXPECT_EQ((*pairs)[1].source_locale, "en");
  EXPECT_EQ((*pairs)[1].target_locale, "pt");
}

// Servers that ask each other, on sockets whose names are known before they are there.
class ServersTest : public ::testing::Test {
 protected:
  ServersTest() { std::filesystem::create_directory(folder_); }
  ~ServersTest() override {
    servers_.clear();
    std::filesystem::remove_all(folder_);
  }

  std::string Address(const std::string& name) const { return "unix:" + folder_ + "/" + name; }

  void Start(const std::string& name, std::shared_ptr<Model> model) {
    v1::Config config = Serving();
    config.set_listen(Address(name));
    ASSERT_TRUE(CompleteConfig(&config).ok());
    auto server = Server::Start(
        config, std::make_shared<const LiveTranslator>(MakeTranslator(std::move(model))));
    ASSERT_TRUE(server.ok()) << server.status();
    servers_.push_back(*std::move(server));
  }

  v1::Translation Translate(const std::string& name) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    context.AddMetadata("traceparent", StrCat("00-", kTrace, "-00f067aa0ba902b7-01"));
    v1::TranslateTextResponse response;
    const auto stub = v1::TranslationService::NewStub(
        grpc::CreateChannel(Address(name), grpc::InsecureChannelCredentials()));
    v1::TranslateTextRequest request = ProseRequest();
    request.set_contents(0, "Hello world 🇨🇦");
    const grpc::Status status = stub->TranslateText(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.translations_size() == 1 ? response.translations(0) : v1::Translation();
  }

  static std::string ReasonOf(const v1::Translation& translation) {
    for (const v1::Piece& piece : translation.pieces()) {
      if (piece.has_refusal()) return v1::Reason_Name(piece.refusal().reason());
    }
    return "";
  }

  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("signalbook-servers-" + std::to_string(getpid())))
          .string();
  std::vector<std::unique_ptr<Server>> servers_;
};

TEST_F(ServersTest, ATranslationComesThroughTwoServersAndSaysWhose) {
  const auto model =
      std::make_shared<RecordingModel>(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
  Start("far", model);
  Start("near", RemoteAt(Address("far")));
  Start("edge", RemoteAt(Address("near")));
  const v1::Translation translation = Translate("edge");
  EXPECT_EQ(translation.translated_text(), "Hola mundo 🇨🇦");
  EXPECT_EQ(translation.verdict(), v1::VERDICT_TRANSLATED);
  ASSERT_GE(translation.pieces_size(), 1);
  EXPECT_EQ(translation.pieces(0).model().name(), "waiting");
  EXPECT_EQ(translation.pieces(0).model().version(), "1");
  EXPECT_THAT(model->sentences(), ElementsAre("Hello world"));
  ASSERT_THAT(model->requests(), SizeIs(1));
  EXPECT_EQ(model->requests()[0].hops, 2);
  EXPECT_THAT(model->requests()[0].traceparent, HasSubstr(kTrace));
  EXPECT_THAT(model->requests()[0].traceparent, Not(HasSubstr("00f067aa0ba902b7")));
}

TEST_F(ServersTest, WhatWentWrongBehindItIsTold) {
  const struct {
    const char* what;
    std::shared_ptr<Model> model;
    const char* reason;
  } kRows[] = {
      {"no model", nullptr, "REASON_NO_MODEL"},
      {"a dead one", std::make_shared<DeadModel>(), "REASON_MODEL_UNAVAILABLE"},
      {"a lying one", std::make_shared<WaitingModel>("Está en la cárcel", true),
       "REASON_MODEL_FAILED"},
  };
  int number = 0;
  for (const auto& row : kRows) {
    const std::string far = StrCat("far", number), near = StrCat("near", number);
    ++number;
    Start(far, row.model);
    Start(near, RemoteAt(Address(far)));
    const v1::Translation translation = Translate(near);
    EXPECT_EQ(translation.translated_text(), "Hello world 🇨🇦") << row.what;
    EXPECT_EQ(ReasonOf(translation), row.reason) << row.what;
  }
}

TEST_F(ServersTest, ACircleEnds) {
  const auto from_a = std::make_shared<RecordingModel>(RemoteAt(Address("b")));
  const auto from_b = std::make_shared<RecordingModel>(RemoteAt(Address("a")));
  Start("a", from_a);
  Start("b", from_b);
  EXPECT_EQ(ReasonOf(Translate("a")), "REASON_NO_MODEL");
  EXPECT_THAT(from_a->requests(), SizeIs((kMaxHops + 2) / 2));
  EXPECT_THAT(from_b->requests(), SizeIs((kMaxHops + 1) / 2));
}

// Nobody waits for itself in the cache, and who has another model asks that.
TEST_F(ServersTest, ACircleWithACacheEndsAtAModel) {
  const auto own =
      std::make_shared<RecordingModel>(std::make_shared<WaitingModel>("Hola mundo", /*open=*/true));
  Start("a", std::make_shared<CachedModel>(
                 std::make_shared<FirstOfModel>(
                     std::vector<std::shared_ptr<Model>>{RemoteAt(Address("b")), own},
                     OnFailure::kReport),
                 1 << 20));
  Start("b", RemoteAt(Address("a")));
  EXPECT_EQ(Translate("a").translated_text(), "Hola mundo 🇨🇦");
  EXPECT_THAT(own->requests(), SizeIs(1));
}

}  // namespace
}  // namespace signalbook
