// `signalbook book export` and `book import`: from a server to the tables and back.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "signalbook/v1/moderation.grpc.pb.h"
#include "tests/end_to_end/process.h"
#include "tests/service/cli/temp_folder.h"

namespace signalbook {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kData[] = SIGNALBOOK_SOURCE_DIR "/data/";
constexpr char kTable[] = "curated/es.tsv";

std::string Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

// Files of `folder` that are not as they are in the tree.
std::vector<std::string> ChangedIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string file = entry.path().lexically_relative(folder);
    if (entry.is_regular_file() && Read(entry.path()) != Read(kData + file)) {
      files.push_back(file);
    }
  }
  return files;
}

// A server of the tree's book that Mia proposes to and Ana approves on.
class BookExchangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string accounts;
    for (const auto& [name, role] : {std::pair("mia", "moderator"), std::pair("ana", "approver")}) {
      const auto made = nlohmann::json::parse(Signalbook({"token", "--json"}).output);
      folder_.Write(name, made["token"].get<std::string>() + "\n");
      accounts += std::string("  accounts { name: \"") + name + "\" role: \"" + role +
                  "\" token_sha256: \"" + made["tokenSha256"].get<std::string>() + "\" }\n";
    }
    const std::string config = folder_.Write(
        "config.textproto", "listen: \"127.0.0.1:0\"\nmoderation {\n  database: \"sqlite:" +
                                folder_.path() + "/moderation.db\"\n" + accounts + "}\n");
    server_ = std::make_unique<Process>(
        std::vector<std::string>{SIGNALBOOK_PROGRAM, "serve", "--config", config});
    const std::string ready = server_->ReadLine(absl::Seconds(60));
    ASSERT_THAT(ready, StartsWith("listening on ")) << server_->errors();
    address_ = ready.substr(13, ready.find(';') - 13);
    // Lexicons are large, and no part of this.
    for (const char* part :
         {"cldr", "curated", "dialects", "emoji", "guards", "markets", "phrases"}) {
      fs::copy(std::string(kData) + part, data_ + "/" + part, fs::copy_options::recursive);
    }
    for (const auto& entry : fs::directory_iterator(kData)) {
      if (entry.path().extension() == ".tsv") fs::copy(entry.path(), data_);
    }
  }

  Result Run(const std::string& command, const std::vector<std::string>& flags) {
    std::vector<std::string> arguments = {
        "book",      command,  "--data",       data_,
        "--server",  address_, "--token-file", folder_.path() + "/mia",
        "--timeout", "120"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return Signalbook(arguments);
  }

  // Proposed by Mia, approved by Ana.
  void Moderate(const std::string& entry, const v1::Row& row) {
    const auto stub = v1::ModerationService::NewStub(
        grpc::CreateChannel(address_, grpc::InsecureChannelCredentials()));
    v1::CreateProposalRequest create;
    create.set_entry(entry);
    *create.mutable_row() = row;
    create.set_reason("because");
    v1::Proposal proposal;
    grpc::ClientContext mia;
    Authorize("mia", &mia);
    grpc::Status status = stub->CreateProposal(&mia, create, &proposal);
    ASSERT_TRUE(status.ok()) << status.error_message();
    v1::ApproveProposalRequest approve;
    approve.set_name(proposal.name());
    approve.set_content_hash(proposal.content_hash());
    approve.set_reason("it is right");
    for (const v1::CheckFinding& finding : proposal.findings()) {
      approve.add_acknowledged_rules(finding.rule());
    }
    grpc::ClientContext ana;
    Authorize("ana", &ana);
    status = stub->ApproveProposal(&ana, approve, &proposal);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(proposal.state(), v1::PROPOSAL_STATE_APPROVED);
  }

  const TempFolder folder_;
  const std::string data_ = MakeFolder(folder_.path() + "/data");
  std::unique_ptr<Process> server_;
  std::string address_;

 private:
  static std::string MakeFolder(const std::string& path) {
    fs::create_directories(path);
    return path;
  }
  void Authorize(const std::string& who, grpc::ClientContext* context) const {
    std::string token = folder_.Read(who);
    token.pop_back();
    context->AddMetadata("authorization", "Bearer " + token);
  }
};

TEST_F(BookExchangeTest, GoesToTheTablesAndBack) {
  const Result fresh = Run("import", {"--dry-run"});
  EXPECT_EQ(fresh.exit_code, 0) << fresh.errors;
  EXPECT_THAT(fresh.output, AllOf(StartsWith("0 would be proposed, "), EndsWith(", 0 problems\n")));
  const Result nothing = Run("export", {});
  EXPECT_EQ(nothing.exit_code, 0) << nothing.errors;
  EXPECT_EQ(nothing.output, "revision 0: 0 tables written\n");

  v1::Row row;
  row.set_text("pulgar levantado");
  Moderate("entries/names:es:1F44D", row);
  const std::string changed = data_ + "/" + kTable + ": +0 ~1 -0\n";
  const Result dry = Run("export", {"--dry-run"});
  EXPECT_EQ(dry.output, changed + "revision 1: 1 tables would change\n") << dry.errors;
  const std::string beside = folder_.path() + "/beside";
  const Result aside = Run("export", {"--output", beside});
  EXPECT_EQ(aside.exit_code, 0) << aside.errors;
  EXPECT_THAT(ChangedIn(data_), IsEmpty());
  const Result exported = Run("export", {});
  EXPECT_EQ(exported.exit_code, 0) << exported.errors;
  EXPECT_EQ(exported.output, changed + "revision 1: 1 tables written\n");
  EXPECT_THAT(ChangedIn(data_), ElementsAre(kTable));
  EXPECT_EQ(Read(beside + "/" + kTable), Read(data_ + "/" + kTable));

  // Exactly one row.
  const std::string before = Read(std::string(kData) + kTable);
  const std::string after = Read(data_ + "/" + kTable);
  const std::string new_row = "\n1F44D\tpulgar levantado\t\t\t\n";
  const size_t at = after.find(new_row);
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(after.substr(0, at), before.substr(0, at));
  EXPECT_EQ(after.substr(at + new_row.size()), before.substr(before.find('\n', at + 1) + 1));
  EXPECT_THAT(before.substr(at), StartsWith("\n1F44D\t"));

  const std::string book = folder_.path() + "/exported.book";
  const Result built = Signalbook({"book", "build", "--data", data_, "--output", book});
  EXPECT_EQ(built.exit_code, 0) << built.output << built.errors;
  EXPECT_EQ(
      Signalbook({"translate", "--book", book, "--to", "es", "--emoji", "name", "👍🏽"}).output,
      "pulgar levantado, piel media\n");

  const Result same = Run("import", {"--dry-run", "--scope", "es"});
  EXPECT_EQ(same.exit_code, 0) << same.errors;
  EXPECT_THAT(same.output, StartsWith("0 would be proposed, ")) << "its note aside";

  folder_.Write(std::string("data/") + kTable,
                Replaced(after, "\tpulgar levantado\t", "\tpulgar en alto\t"));
  const Result unsaid = Run("import", {"--scope", "es"});
  EXPECT_EQ(unsaid.exit_code, 2) << unsaid.output;
  EXPECT_THAT(unsaid.errors, HasSubstr("reason"));
  const Result edited = Run("import", {"--scope", "es", "--reason", "[reviewed]"});
  EXPECT_EQ(edited.exit_code, 0) << edited.errors;
  EXPECT_THAT(edited.output, AllOf(HasSubstr("proposals/2"), HasSubstr("names:es:1F44D"),
                                   HasSubstr("\n1 proposed, ")));
  const Result again = Run("import", {"--scope", "es", "--reason", "[reviewed]"});
  EXPECT_THAT(again.output, StartsWith("0 proposed, ")) << "it is proposed already";
}

TEST_F(BookExchangeTest, RowsThatCannotBeProposedAreNamedByTheirPlace) {
  folder_.Write("data/curated/es.tsv",
                "# Names.\n"
                "1F44D\tsí \xE2\x80\xAE\t\t\t\n"
                "1F525\tfuego\n"
                "FFFF\tnada\t\t\t\n");
  folder_.Write("data/curated/xx.tsv", "1F44D\tok\t\t\t\n");
  const Result result = Run("import", {"--dry-run", "--scope", "es", "--scope", "xx"});
  EXPECT_EQ(result.exit_code, 1) << result.errors;
  EXPECT_THAT(result.output,
              AllOf(HasSubstr(data_ + "/curated/es.tsv:2: "), HasSubstr("U+202E"),
                    HasSubstr(data_ + "/curated/es.tsv:3: 2 columns where 5 belong\n"),
                    HasSubstr(data_ + "/curated/es.tsv:4: "),
                    HasSubstr(data_ + "/curated/xx.tsv: "), EndsWith(", 4 problems\n")));
  const Result unknown = Run("import", {"--dry-run", "--scope", "tlh"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("has no row of \"tlh\""));
}

TEST_F(BookExchangeTest, RemovalsAreProposedOnlyWhenAsked) {
  const std::string table = "data/phrases/en/es.tsv";
  std::string text = folder_.Read(table);
  const size_t at = text.find("\nasap\t") + 1;
  folder_.Write(table, text.erase(at, text.find('\n', at) + 1 - at));
  const Result kept = Run("import", {"--dry-run", "--scope", "en>es"});
  EXPECT_THAT(kept.output, StartsWith("0 would be proposed, ")) << kept.errors;
  const Result removed = Run("import", {"--scope", "en>es", "--removals", "--reason", "rude"});
  EXPECT_EQ(removed.exit_code, 0) << removed.errors;
  EXPECT_THAT(removed.output, AllOf(HasSubstr("phrases:en>es:asap"), HasSubstr("\n1 proposed, ")));
}

TEST_F(BookExchangeTest, SaysWhatKeepsItFromIt) {
  const Result nobody = Signalbook({"book", "export", "--server", address_});
  EXPECT_EQ(nobody.exit_code, 2);
  EXPECT_THAT(nobody.errors, HasSubstr("who is asking?"));
  const Result no_server = Signalbook({"book", "export", "--server", "127.0.0.1:1", "--token-file",
                                       folder_.path() + "/mia", "--timeout", "20"});
  EXPECT_EQ(no_server.exit_code, 3);
  const Result no_data = Signalbook({"book", "import", "--server", address_, "--token-file",
                                     folder_.path() + "/mia", "--data", "/nonexistent"});
  EXPECT_EQ(no_data.exit_code, 2);
  EXPECT_THAT(no_data.errors, HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace signalbook
