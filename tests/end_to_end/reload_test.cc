// Taking up a new configuration and a new book while the server runs: SIGHUP, and `signalbook server reload`.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "signalbook/v1/operations.pb.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/end_to_end/moderated_server.h"
#include "tests/support/small_data.h"

namespace signalbook {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTerritories[] = "# Source: npm cldr-localenames-full@48.2.0\n";
constexpr char kThumb[] = "entries/names:es:1F44D";

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A server of a small book, and another book that calls Canada otherwise.
class ReloadTest : public ::testing::Test {
 protected:
  ReloadTest() {
    Build("one");
    data_.Write("cldr/territories/es.tsv", std::string(kTerritories) + "CA\t\tEl Canadá\n");
    Build("two");
    Use("one");
    server_ = std::make_unique<ModeratedServer>("book: \"" + books_.path() +
                                                "/live\"\napertium { disabled: true }\n");
  }

  std::string Book(const std::string& name) const { return books_.path() + "/" + name; }

  void Build(const std::string& name) {
    const Result built =
        Signalbook({"book", "build", "--data", data_.dir(), "--output", Book(name)});
    ASSERT_EQ(built.exit_code, 0) << built.errors;
  }

  // In one step, as a book that is in use has to be replaced.
  void Use(const std::string& name) const {
    fs::copy_file(Book(name), Book("next"), fs::copy_options::overwrite_existing);
    fs::rename(Book("next"), Book("live"));
  }

  v1::ServerStatus Reload() const {
    return server_->Get<v1::ServerStatus>("adm", {"server", "reload"});
  }
  v1::ServerStatus Status() const {
    return server_->Get<v1::ServerStatus>("vic", {"server", "status"});
  }

  SmallData data_;
  TempFolder books_;
  std::unique_ptr<ModeratedServer> server_;
};

TEST_F(ReloadTest, ANewBookAnswersAndWhatWasApprovedStays) {
  EXPECT_EQ(server_->Says("🇨🇦"), "Canadá");
  server_->Change(kThumb, "pulgar arriba");
  const v1::ServerStatus before = Status();
  EXPECT_EQ(before.revision(), "1");
  EXPECT_FALSE(before.has_reload_time());
  EXPECT_THAT(before.language_pairs(), IsEmpty());

  Use("two");
  EXPECT_EQ(server_->Says("🇨🇦"), "Canadá") << "nobody has asked for the new one yet";
  const v1::ServerStatus after = Reload();
  EXPECT_EQ(server_->Says("🇨🇦"), "El Canadá");
  EXPECT_EQ(server_->Says("👍"), "pulgar arriba");
  EXPECT_EQ(after.revision(), "1");
  EXPECT_NE(after.book().hash(), before.book().hash());
  EXPECT_TRUE(after.has_reload_time());
  EXPECT_EQ(after.start_time().seconds(), before.start_time().seconds());

  // Moderation goes on from there: the new book's row is what counts, and can be changed.
  EXPECT_EQ(server_->Get<v1::EntryDetail>("vic", {"entries", "show", "names:es:1F1E8-1F1E6"})
                .entry()
                .row()
                .text(),
            "El Canadá");
  server_->Change("entries/names:es:2764", "corazón");
  EXPECT_EQ(server_->Says("❤️"), "corazón");
}

TEST_F(ReloadTest, SaysWhichApprovedRowsTheNewBookHasNoPlaceFor) {
  server_->Change(kThumb, "pulgar arriba");
  for (const char* table :
       {"emoji/sequences.tsv", "cldr/names/en.tsv", "cldr/names/es.tsv", "cldr/names/es-419.tsv"}) {
    std::string kept;
    for (const std::string& line : Lines(ReadText(data_.dir() + "/" + table))) {
      if (line.find("1F44D") == std::string::npos) kept += line + "\n";
    }
    data_.Write(table, kept);
  }
  Build("without");
  Use("without");
  EXPECT_THAT(Reload().ignored_entries(), ElementsAre(kThumb));
  EXPECT_EQ(server_->Says("👍"), "👍");
  Use("one");
  EXPECT_THAT(Reload().ignored_entries(), IsEmpty());
  EXPECT_EQ(server_->Says("👍"), "pulgar arriba") << "nothing was forgotten";
}

TEST_F(ReloadTest, NoCallIsLostAndNoneSeesHalfOfIt) {
  const std::map<std::string, std::string> kNames = [&] {
    std::map<std::string, std::string> names = {{Status().book().hash(), "Canadá"}};
    Use("two");
    names[Reload().book().hash()] = "El Canadá";
    return names;
  }();
  ASSERT_EQ(kNames.size(), 2u);
  std::atomic<bool> done = false;
  std::atomic<int> answered = 0;
  std::map<std::string, int> seen;
  std::vector<std::string> wrong;
  std::thread client([&] {
    const auto stub = v1::TranslationService::NewStub(
        grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
    v1::TranslateTextRequest request;
    for (int i = 0; i < 20; ++i) request.add_contents("🇨🇦");
    request.set_target_language_code("es");
    request.set_emoji_mode(v1::EMOJI_MODE_NAME);
    while (!done) {
      v1::TranslateTextResponse response;
      grpc::ClientContext context;
      const grpc::Status status = stub->TranslateText(&context, request, &response);
      if (!status.ok()) wrong.push_back(status.error_message());
      for (const v1::Translation& translation : response.translations()) {
        const auto name = kNames.find(response.book().hash());
        if (name == kNames.end() || translation.translated_text() != name->second) {
          wrong.push_back(translation.translated_text());
        }
      }
      ++seen[response.book().hash()];
      ++answered;
    }
  });
  for (int i = 0; i < 10; ++i) {
    Use(i % 2 == 0 ? "one" : "two");
    const std::string wanted = i % 2 == 0 ? "Canadá" : "El Canadá";
    server_->process().Signal(SIGHUP);
    const absl::Time deadline = absl::Now() + absl::Seconds(60);
    while (server_->Says("🇨🇦") != wanted) ASSERT_LT(absl::Now(), deadline) << "reload " << i;
  }
  done = true;
  client.join();
  EXPECT_THAT(wrong, IsEmpty());
  EXPECT_EQ(seen.size(), 2u) << "no call was under way meanwhile: " << answered;
}

TEST_F(ReloadTest, AfterAnErrorNothingHasChanged) {
  const std::string config = server_->config();
  Use("two");
  const struct {
    const char* what;
    std::string config;
    const char* error;
  } kRows[] = {
      {"an address", "metrics: \"127.0.0.1:0\"\n" + config, "metrics takes a restart"},
      {"a field of a field",
       [](std::string text) {
         return text.replace(text.find("flush_interval_ms: 20"), 21, "flush_interval_ms: 21");
       }(config),
       "moderation.flush_interval_ms takes a restart"},
      {"clients that make no sense",
       "access { clients { name: \"app\" token_sha256: \"sb_app\" } }\n" + config,
       "access.clients[0].token_sha256"},
      {"an account without a role",
       [](std::string text) { return text.replace(text.find("role: \"viewer\""), 14, ""); }(config),
       "moderation.accounts[0].role"},
      {"clients, and something that takes a restart",
       "access { clients { name: \"app\" token_sha256: \"" + std::string(64, '0') +
           "\" } }\nmodel_queue: 7\n" + config,
       "model_queue takes a restart"},
      {"two fields, one of them nested", "model_queue: 7\ntls { key_file: \"k\" }\n" + config,
       "model_queue, tls take a restart"},
      {"a field that does not exist", config + "frob: 1\n", "frob"},
      {"a value out of range", "model_cache_mib: -1\n" + config, "model_cache_mib"},
      {"a book that is not there", "book: \"/nowhere\"\n" + config.substr(config.find('\n') + 1),
       "no book at /nowhere"},
      {"a model without a key file",
       "models { name: \"m\" libretranslate { url: \"http://127.0.0.1:1\" api_key_file: "
       "\"/nowhere\" "
       "} }\n" +
           config,
       "/nowhere"},
  };
  for (const auto& row : kRows) {
    server_->WriteConfig(row.config);
    const Result result = server_->As("adm", {"server", "reload"});
    EXPECT_EQ(result.exit_code, 2) << row.what;
    EXPECT_THAT(result.errors, HasSubstr(row.error)) << row.what;
    EXPECT_EQ(server_->Says("🇨🇦"), "Canadá") << row.what;
    EXPECT_FALSE(Status().has_reload_time()) << row.what;
  }
  server_->WriteConfig(config);
  fs::copy_file(Book("two"), Book("next"));
  fs::resize_file(Book("next"), fs::file_size(Book("next")) - 100);
  fs::rename(Book("next"), Book("live"));
  EXPECT_EQ(server_->As("adm", {"server", "reload"}).exit_code, 2) << "a book that is damaged";
  EXPECT_EQ(server_->Says("🇨🇦"), "Canadá");

  Use("two");
  Reload();
  EXPECT_EQ(server_->Says("🇨🇦"), "El Canadá") << "once all is well again";
}

TEST_F(ReloadTest, ModelsComeAndGo) {
  server_->WriteConfig(
      "models { name: \"far\" libretranslate { url: \"http://127.0.0.1:1\" } "
      "routes { from: \"en\" to: \"es\" } }\n" +
      server_->config());
  const v1::ServerStatus with = Reload();
  ASSERT_EQ(with.models_size(), 1);
  EXPECT_EQ(with.models(0).name(), "far");
  EXPECT_EQ(with.models(0).breaker_state(), v1::BREAKER_STATE_CLOSED);
  EXPECT_THAT(with.language_pairs(), ElementsAre("en→es"));
  server_->WriteConfig(server_->config());
  EXPECT_THAT(Reload().models(), IsEmpty());
}

// What somebody is answered who shows a token; empty: who shows none.
std::string AnswerTo(const std::string& address, const std::string& token) {
  const auto stub = v1::TranslationService::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  v1::TranslateTextRequest request;
  request.add_contents("🇨🇦");
  request.set_target_language_code("es");
  v1::TranslateTextResponse response;
  const grpc::Status status = stub->TranslateText(&context, request, &response);
  return status.ok() ? "OK"
                     : absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code()));
}

TEST_F(ReloadTest, WhoMayCallAndHowMuch) {
  const std::string config = server_->config();
  const auto use = [&](const std::string& access) {
    server_->WriteConfig(access + config);
    Reload();
  };
  const auto client = [](const std::string& name, const std::string& token, int burst) {
    return "clients { name: \"" + name + "\" " + Signalbook({"token", "--hash"}, token).output +
           " limits { requests_per_second: 0.001 request_burst: " + std::to_string(burst) +
           " } }\n";
  };
  const auto answer = [this](const std::string& token) {
    return AnswerTo(server_->address(), token);
  };
  EXPECT_EQ(answer(""), "OK");
  use("access { " + client("app", "sb_old", 2) + "}\n");
  EXPECT_EQ(answer(""), "UNAUTHENTICATED");
  EXPECT_EQ(answer("sb_old"), "OK");
  use("access { " + client("bot", "sb_bot", 1) + client("app", "sb_new", 4) + "}\n");
  EXPECT_EQ(answer("sb_old"), "UNAUTHENTICATED");
  EXPECT_EQ(answer("sb_new"), "OK") << "half of two were left: of four, two";
  EXPECT_EQ(answer("sb_new"), "OK");
  EXPECT_EQ(answer("sb_new"), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(answer("sb_bot"), "OK");
  use("");
  EXPECT_EQ(answer(""), "OK");
}

TEST_F(ReloadTest, AccountsAndTheirRoles) {
  std::string config = server_->config();
  const std::string viewer = "name: \"vic\" role: \"viewer\"";
  config.replace(config.find(viewer), viewer.size(), "name: \"vic\" role: \"administrator\"");
  const size_t mia = config.find("  accounts { name: \"mia\"");
  config.erase(mia, config.find("}\n", mia) + 2 - mia);
  server_->WriteConfig(config);
  EXPECT_EQ(server_->As("vic", {"server", "reload"}).exit_code, 2) << "not yet";
  EXPECT_EQ(server_->As("mia", {"server", "status"}).exit_code, 0);
  Reload();
  EXPECT_EQ(server_->As("vic", {"server", "reload"}).exit_code, 0);
  const Result gone = server_->As("mia", {"server", "status"});
  EXPECT_EQ(gone.exit_code, 2);
  EXPECT_THAT(gone.errors, HasSubstr("belongs to no account"));
  EXPECT_EQ(server_->As("mia", {"entries", "show", "names:es:1F44D"}).exit_code, 2);
}

TEST_F(ReloadTest, NoCallIsLostWhileWhoMayCallChanges) {
  const std::string config = server_->config();
  const std::string hash = Signalbook({"token", "--hash"}, "sb_app").output;
  const std::string app = "clients { name: \"app\" " + hash + " }";
  std::atomic<bool> done = false;
  std::vector<std::string> wrong;
  server_->WriteConfig("access { " + app + " }\n" + config);
  Reload();
  std::thread caller([&] {
    const auto stub = v1::TranslationService::NewStub(
        grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
    while (!done) {
      grpc::ClientContext context;
      context.AddMetadata("authorization", "Bearer sb_app");
      v1::TranslateTextRequest request;
      request.add_contents("🇨🇦");
      request.set_target_language_code("es");
      v1::TranslateTextResponse response;
      const grpc::Status status = stub->TranslateText(&context, request, &response);
      if (!status.ok()) wrong.push_back(status.error_message());
    }
  });
  for (int i = 0; i < 6; ++i) {
    server_->WriteConfig((i % 2 == 0 ? "access { allow_anonymous: true " + app + " }\n"
                                     : "access { " + app + " }\n") +
                         config);
    Reload();
  }
  done = true;
  caller.join();
  EXPECT_THAT(wrong, IsEmpty());
}

TEST_F(ReloadTest, TakesAnAdministrator) {
  const struct {
    const char* who;
    const char* command;
    int exit_code;
    const char* error;
  } kRows[] = {{"vic", "status", 0, ""},
               {"vic", "reload", 2, "administrator"},
               {"ben", "reload", 2, "administrator"},
               {"adm", "reload", 0, ""}};
  for (const auto& row : kRows) {
    const Result result = server_->As(row.who, {"server", row.command});
    EXPECT_EQ(result.exit_code, row.exit_code) << row.who << row.command << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(row.error)) << row.who << row.command;
  }
  const Result stranger = Signalbook({"server", "status", "--server", server_->address(),
                                      "--token-file", books_.Write("token", "sb_nobody\n")});
  EXPECT_EQ(stranger.exit_code, 2);
  EXPECT_THAT(stranger.errors, HasSubstr("belongs to no account"));
}

}  // namespace
}  // namespace signalbook
