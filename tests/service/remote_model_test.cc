// The adapter against servers that keep to model.proto and against servers that keep to nothing: the right
// status, in time, and no word of anybody's in a message.
#include "service/remote_model.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "service/strings.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/service/fake_model_server.h"
#include "tests/support/raw_server.h"

namespace signalbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Strings = std::vector<std::string>;
using Answers = std::vector<absl::StatusOr<Candidate>>;
using Request = v1::TranslateSentencesRequest;
using Response = v1::TranslateSentencesResponse;

constexpr auto kOk = absl::StatusCode::kOk;
constexpr auto kInternal = absl::StatusCode::kInternal;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kTooLate = absl::StatusCode::kDeadlineExceeded;
constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
// What goes wrong here waits for many seconds; a busy machine is some tenths late by itself.
constexpr absl::Duration kGrace = absl::Seconds(1);

Strings Texts(const Answers& answers) {
  Strings texts;
  for (const auto& answer : answers) {
    texts.push_back(answer.ok() ? answer->text : answer.status().ToString());
  }
  return texts;
}

TEST(RemoteModelTest, TranslatesABatchInOrder) {
  FakeModelServer server;
  const auto model = CreateRemote({.address = server.address()});
  const Answers answers = model->Translate(Asking({"b ⟦0⟧", "a", "b ⟦0⟧", "ñ \u2028"}));
  EXPECT_THAT(Texts(answers), ElementsAre("es:b ⟦0⟧", "es:a", "es:b ⟦0⟧", "es:ñ \u2028"));
  EXPECT_EQ(answers[0]->model, (ModelRef{"fake", "7"}));
  EXPECT_TRUE(model->Translate(Asking({})).empty());
  const std::vector<Request> requests = server.service.requests();
  ASSERT_EQ(requests.size(), 1u) << "one call a batch, none for nothing";
  EXPECT_EQ(requests[0].source_language_code(), "en");
  EXPECT_EQ(requests[0].target_language_code(), "es");
  EXPECT_THAT(server.service.shown(), IsEmpty());
}

TEST(RemoteModelTest, ASentenceThatIsNotUtf8SpoilsNoOther) {
  FakeModelServer server;
  const auto model = CreateRemote({.address = server.address()});
  const Answers answers = model->Translate(Asking({"a", StrCat(kSecret, "\xFF"), "b"}));
  EXPECT_EQ(CodesOf(answers, ""), (Codes{kOk, absl::StatusCode::kInvalidArgument, kOk}));
  EXPECT_EQ(answers[0]->text, "es:a");
  EXPECT_EQ(answers[2]->text, "es:b");
  model->Translate(Asking({"\xFF"}));
  EXPECT_EQ(server.service.requests().size(), 1u) << "nothing was left to ask";
}

TEST(RemoteModelTest, ManyThreadsGetTheirOwnAnswers) {
  FakeModelServer server;
  const auto model = CreateRemote({.address = server.address()});
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&model, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string mine = StrCat(t, "/", i);
        EXPECT_THAT(Texts(model->Translate(Asking({mine}))), ElementsAre("es:" + mine));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Three sentences are asked; `spoil` changes the right answer.
TEST(RemoteModelTest, WhatAServerMayAnswer) {
  const struct {
    const char* what;
    std::function<void(Response*)> spoil;
    Codes codes;
  } kRows[] = {
      {"too few",
       [](Response* r) { r->mutable_sentences()->RemoveLast(); },
       {kInternal, kInternal, kInternal}},
      {"too many",
       [](Response* r) { r->add_sentences()->set_text(kSecret); },
       {kInternal, kInternal, kInternal}},
      {"none", [](Response* r) { r->clear_sentences(); }, {kInternal, kInternal, kInternal}},
      {"a text that is not UTF-8 is a candidate",
       [](Response* r) { r->mutable_sentences(1)->set_text("\xFF\xFE"); },
       {kOk, kOk, kOk}},
      {"an empty text is a candidate",
       [](Response* r) { r->mutable_sentences(1)->set_text(""); },
       {kOk, kOk, kOk}},
      {"neither text nor error",
       [](Response* r) { r->mutable_sentences(1)->clear_answer(); },
       {kOk, kInternal, kOk}},
      {"OK as an error",
       [](Response* r) { r->mutable_sentences(1)->set_error_code(0); },
       {kOk, kInternal, kOk}},
      {"a code that is none",
       [](Response* r) { r->mutable_sentences(1)->set_error_code(-77); },
       {kOk, kInternal, kOk}},
      {"no name",
       [](Response* r) { r->mutable_sentences(1)->clear_model_name(); },
       {kOk, kOk, kOk}},
      {"the longest name",
       [](Response* r) { r->mutable_sentences(1)->set_model_name(std::string(64, 'm')); },
       {kOk, kOk, kOk}},
      {"a name that is too long",
       [](Response* r) { r->mutable_sentences(1)->set_model_name(std::string(65, 'm')); },
       {kOk, kInternal, kOk}},
      {"a name with spaces",
       [](Response* r) { r->mutable_sentences(1)->set_model_name("he is in prison"); },
       {kOk, kInternal, kOk}},
      {"a name with a flag",
       [](Response* r) { r->mutable_sentences(1)->set_model_name("🇨🇦"); },
       {kOk, kInternal, kOk}},
      {"a version with a line end",
       [](Response* r) { r->mutable_sentences(1)->set_model_version("1\n"); },
       {kOk, kInternal, kOk}},
      {"a name that is not UTF-8, as a string must be",
       [](Response* r) { r->mutable_sentences(1)->set_model_name("\xFF"); },
       {kInternal, kInternal, kInternal}},
      {"as large as it may be",
       [](Response* r) { r->mutable_sentences(1)->set_text(std::string((8 << 20) - 200, 'x')); },
       {kOk, kOk, kOk}},
      {"larger",
       [](Response* r) { r->mutable_sentences(1)->set_text(std::string(8 << 20, 'x')); },
       {kInternal, kInternal, kInternal}},
  };
  for (const auto& row : kRows) {
    FakeModelServer server(
        [&row](grpc::ServerContext*, const Request& request, Response* response) {
          RightAnswer(request, response);
          row.spoil(response);
          return grpc::Status::OK;
        });
    const auto model = CreateRemote({.address = server.address()});
    const Answers answers = model->Translate(Asking({"a", kSecret, "b"}));
    EXPECT_EQ(CodesOf(answers, row.what), row.codes) << row.what;
    if (answers[2].ok()) {
      EXPECT_EQ(answers[2]->text, "es:b") << row.what;
    }
  }
}

TEST(RemoteModelTest, BytesAndNamesArriveAsTheyAre) {
  FakeModelServer server([](grpc::ServerContext*, const Request&, Response* response) {
    response->add_sentences()->set_text(std::string("\xFF\0\xED\xA0\x80", 5));
    return grpc::Status::OK;
  });
  const Answers answers = CreateRemote({.address = server.address()})->Translate(Asking({"a"}));
  ASSERT_TRUE(answers[0].ok());
  EXPECT_EQ(answers[0]->text, std::string("\xFF\0\xED\xA0\x80", 5));
  EXPECT_EQ(answers[0]->model, (ModelRef{"remote", ""})) << "who does not say its name";
}

TEST(RemoteModelTest, CompressedAnswersAreNotUnpacked) {
  FakeModelServer server([](grpc::ServerContext* context, const Request&, Response* response) {
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    // Small enough when unpacked; another would not be, and 8 MiB can become 8 GiB.
    response->add_sentences()->set_text(std::string(1 << 20, 'x'));
    return grpc::Status::OK;
  });
  const Answers answers = CreateRemote({.address = server.address()})->Translate(Asking({"a"}));
  EXPECT_EQ(CodesOf(answers, ""), (Codes{kInternal}));
}

TEST(RemoteModelTest, TheServerLearnsWhoseTraceItIsAndHowFarItCame) {
  std::vector<std::string> seen;
  FakeModelServer server(
      [&](grpc::ServerContext* context, const Request& request, Response* response) {
        for (const char* const name : {"traceparent", "signalbook-hops"}) {
          const auto [begin, end] = context->client_metadata().equal_range(name);
          for (auto it = begin; it != end; ++it) {
            seen.push_back(StrCat(name, "=", std::string(it->second.data(), it->second.size())));
          }
        }
        RightAnswer(request, response);
        return grpc::Status::OK;
      });
  const auto model = CreateRemote({.address = server.address()});
  ModelRequest request = Asking({"a"});
  model->Translate(request);
  request.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  request.hops = 2;
  model->Translate(request);
  EXPECT_THAT(seen, ElementsAre("signalbook-hops=1", "traceparent=" + request.traceparent,
                                "signalbook-hops=3"));
}

TEST(RemoteModelTest, WhatCodesMean) {
  const struct {
    grpc::StatusCode code;
    absl::StatusCode meaning;
    absl::StatusCode of_one = meaning;  // of the same code for one sentence
  } kRows[] = {
      {grpc::StatusCode::CANCELLED, kInternal},
      {grpc::StatusCode::UNKNOWN, kInternal},
      {grpc::StatusCode::INVALID_ARGUMENT, kInternal},
      {grpc::StatusCode::DEADLINE_EXCEEDED, kTooLate},
      {grpc::StatusCode::NOT_FOUND, kNotFound},
      {grpc::StatusCode::ALREADY_EXISTS, kInternal},
      {grpc::StatusCode::PERMISSION_DENIED, kInternal},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, kUnavailable},
      {grpc::StatusCode::FAILED_PRECONDITION, kInternal, absl::StatusCode::kFailedPrecondition},
      {grpc::StatusCode::ABORTED, kInternal},
      {grpc::StatusCode::OUT_OF_RANGE, kInternal},
      {grpc::StatusCode::UNIMPLEMENTED, kNotFound},
      {grpc::StatusCode::INTERNAL, kInternal},
      {grpc::StatusCode::UNAVAILABLE, kUnavailable},
      {grpc::StatusCode::DATA_LOSS, kInternal},
      {grpc::StatusCode::UNAUTHENTICATED, kInternal},
  };
  std::atomic<int> code = 0;
  std::atomic<bool> whole_call = false;
  FakeModelServer server([&](grpc::ServerContext*, const Request& request, Response* response) {
    if (whole_call)
      return grpc::Status(static_cast<grpc::StatusCode>(code.load()), kSecret, kSecret);
    RightAnswer(request, response);
    response->mutable_sentences(0)->set_error_code(code);
    return grpc::Status::OK;
  });
  const auto model = CreateRemote({.address = server.address()});
  for (const auto& row : kRows) {
    const std::string what = StrCat("code ", static_cast<int>(row.code));
    code = row.code;
    whole_call = true;
    EXPECT_EQ(CodesOf(model->Translate(Asking({"a", "b"})), what),
              (Codes{row.meaning, row.meaning}))
        << what;
    whole_call = false;
    EXPECT_EQ(CodesOf(model->Translate(Asking({"a", "b"})), what), (Codes{row.of_one, kOk}))
        << what;
  }
}

TEST(RemoteModelTest, TheDeadlineIsTheServersToo) {
  absl::Time deadline;
  FakeModelServer server([&](grpc::ServerContext* context, const Request&, Response*) {
    deadline = absl::FromChrono(context->deadline());
    while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    return grpc::Status::CANCELLED;
  });
  const auto model = CreateRemote({.address = server.address()});
  for (const absl::Duration timeout : {absl::Milliseconds(300), -absl::Seconds(1)}) {
    const ModelRequest request = Asking({"a", "b"}, timeout);
    EXPECT_EQ(CodesOf(model->Translate(request), ""), (Codes{kTooLate, kTooLate}));
    EXPECT_LT(absl::Now() - request.deadline, absl::Seconds(1) + kGrace) << timeout;
    if (timeout > absl::ZeroDuration()) {
      EXPECT_LT(absl::AbsDuration(deadline - request.deadline), absl::Milliseconds(250));
    }
  }
}

std::string AddressOf(const RawServer& server) {
  return absl::StrReplaceAll(server.url(), {{"http://", ""}});
}

TEST(RemoteModelTest, NobodyThere) {
  const RawServer silent([](const RawServer::Peer& peer, const std::string&) { peer.Wait(); });
  const RawServer other([](const RawServer::Peer& peer, const std::string&) {
    peer.Send(StrCat("HTTP/1.1 400 ", kSecret, "\r\n\r\n"));
  });
  const RawServer dies([](const RawServer::Peer& peer, const std::string&) {
    peer.Send(std::string_view("\0\0\0\4\0\0\0\0\0", 9));  // SETTINGS: the connection stands
    absl::SleepFor(absl::Milliseconds(200));
  });
  std::string refused;
  {
    const FakeModelServer gone;
    refused = gone.address();
  }
  const struct {
    const char* what;
    std::string address;
  } kRows[] = {
      {"refused", refused},
      {"no such socket", "unix:/no/such.sock"},
      {"accepts and says nothing", AddressOf(silent)},
      {"speaks something else", AddressOf(other)},
      {"dies in between", AddressOf(dies)},
  };
  for (const auto& row : kRows) {
    const auto model =
        CreateRemote({.address = row.address, .connect_timeout = absl::Milliseconds(500)});
    const absl::Time start = absl::Now();
    EXPECT_EQ(CodesOf(model->Translate(Asking({kSecret, "b"})), row.what),
              (Codes{kUnavailable, kUnavailable}))
        << row.what;
    EXPECT_LT(absl::Now() - start, absl::Seconds(3) + kGrace) << row.what;
  }
}

TEST(RemoteModelTest, AServerThatComesBackIsFound) {
  auto server = std::make_unique<FakeModelServer>();
  const std::string address = server->address();
  const auto model = CreateRemote({.address = address, .connect_timeout = absl::Milliseconds(200)});
  EXPECT_EQ(CodesOf(model->Translate(Asking({"a"})), "before"), (Codes{kOk}));
  server = nullptr;
  EXPECT_EQ(CodesOf(model->Translate(Asking({"a"})), "gone"), (Codes{kUnavailable}));
  server = std::make_unique<FakeModelServer>(nullptr, address);
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!model->Translate(Asking({"a"}))[0].ok()) {
    ASSERT_LT(absl::Now(), deadline);
    absl::SleepFor(absl::Milliseconds(20));
  }
}

TEST(RemoteModelTest, AServerOfSomethingElse) {
  v1::TranslationService::Service service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);
  const auto model = CreateRemote({.address = StrCat("127.0.0.1:", port)});
  EXPECT_EQ(CodesOf(model->Translate(Asking({kSecret})), ""), (Codes{kNotFound}));
  EXPECT_EQ(model->ListLanguagePairs(absl::Now() + absl::Seconds(20)).status().code(), kNotFound);
}

TEST(RemoteModelTest, TheTokenArrivesAndStandsInNoMessage) {
  FakeModelServer server([](grpc::ServerContext*, const Request&, Response*) {
    return grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "");
  });
  const auto model = CreateRemote({.address = server.address(), .token = kSecret});
  EXPECT_EQ(CodesOf(model->Translate(Asking({"a"})), ""), (Codes{kInternal}));
  EXPECT_THAT(server.service.shown(), ElementsAre(StrCat("Bearer ", kSecret)));
}

TEST(RemoteModelTest, ListsLanguagePairs) {
  FakeModelServer server;
  const auto model = CreateRemote({.address = server.address()});
  const auto list = [&model] { return model->ListLanguagePairs(absl::Now() + absl::Seconds(20)); };
  EXPECT_EQ(list().status().code(), kNotFound) << "a server may leave it out";
  EXPECT_THAT(std::string(list().status().message()), Not(HasSubstr(kSecret)));

  const auto add = [](v1::ListLanguagePairsResponse* response, const char* from, const char* to) {
    response->add_language_pairs()->set_source_language_code(from);
    response->mutable_language_pairs()->rbegin()->set_target_language_code(to);
  };
  server.service.lister = [&add](const v1::ListLanguagePairsRequest& request, int /*call*/,
                                 v1::ListLanguagePairsResponse* response) {
    if (request.page_token().empty()) {
      add(response, "EN", "es");
      add(response, "en", "he is in prison");
      response->set_next_page_token("2");
    } else if (request.page_token() == "2") {
      add(response, "zh-hant", "pt_BR");
    }
  };
  const auto pairs = list();
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_EQ(pairs->size(), 2u) << "what is no tag is left out";
  EXPECT_EQ((*pairs)[0].source_locale, "en");
  EXPECT_EQ((*pairs)[0].target_locale, "es");
  EXPECT_EQ((*pairs)[1].source_locale, "zh-Hant");
  EXPECT_EQ((*pairs)[1].target_locale, "pt-BR");

  for (const int page : {0, 40'000}) {
    server.service.lister = [&](const v1::ListLanguagePairsRequest& /*request*/, int call,
                                v1::ListLanguagePairsResponse* response) {
      for (int i = 0; i < page; ++i) add(response, "en", "es");
      response->set_next_page_token(StrCat(call));
    };
    EXPECT_EQ(list().status().code(), kInternal) << "without an end, by " << page;
  }
}

}  // namespace
}  // namespace signalbook
