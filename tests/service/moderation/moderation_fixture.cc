#include "tests/service/moderation/moderation_fixture.h"

#include <utility>

#include "service/status.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

v1::Caller Person(const std::string& name, v1::Role role) {
  v1::Caller caller;
  caller.set_name(name);
  caller.set_role(role);
  return caller;
}

// One for the process: its gate compiles the guards once.
std::shared_ptr<const Translator> BaseTranslator() {
  static const std::shared_ptr<const Translator> kTranslator = [] {
    auto translator = Translator::Create(TestBook(), nullptr);
    EXPECT_TRUE(translator.ok()) << translator.status();
    return std::shared_ptr<const Translator>(*std::move(translator));
  }();
  return kTranslator;
}

}  // namespace

std::unique_ptr<PostgresCluster> ModerationTest::cluster_;

v1::Caller Vic() { return Person("vic", v1::ROLE_VIEWER); }
v1::Caller Mia() { return Person("mia", v1::ROLE_MODERATOR); }
v1::Caller Ana() { return Person("ana", v1::ROLE_APPROVER); }
v1::Caller Ben() { return Person("ben", v1::ROLE_APPROVER); }
v1::Caller Adm() { return Person("adm", v1::ROLE_ADMINISTRATOR); }

TestServer::TestServer(const std::string& url, Moderation::Options options)
    : live(BaseTranslator()) {
  auto database = OpenDatabase(url);
  EXPECT_TRUE(database.ok()) << database.status();
  auto started = Moderation::Start(*std::move(database), &live, options);
  EXPECT_TRUE(started.ok()) << started.status();
  if (started.ok()) moderation = *std::move(started);
}

std::string TestServer::Says(std::string_view text, std::string_view locale,
                             std::string_view market) {
  const auto now = live.Get();
  TranslateOptions options;
  options.target = TestLocale(locale);
  options.source = options.target;  // prose stays; only emoji are named
  options.emoji_mode = EmojiMode::kName;
  if (!market.empty()) options.market = *now->translator->book().Market(market);
  return now->translator->Translate({*Normalize(text)}, options)[0].text;
}

void ModerationTest::TearDownTestSuite() { cluster_.reset(); }

PostgresCluster& ModerationTest::Cluster() {
  if (cluster_ == nullptr) cluster_ = std::make_unique<PostgresCluster>();
  return *cluster_;
}

std::string ModerationTest::NewDatabase(bool postgres) {
  const std::string name = "moderation" + std::to_string(++databases_);
  if (!postgres) return "sqlite:" + folder_.path() + "/" + name + ".db";
  return Cluster().NewDatabase();
}

void ModerationTest::Start(bool postgres) {
  url_ = NewDatabase(postgres);
  server_ = std::make_unique<TestServer>(url_);
  ASSERT_NE(server_->moderation, nullptr);
}

v1::Proposal ModerationTest::Propose(const v1::Caller& caller, std::string_view entry,
                                     std::string_view text) {
  v1::CreateProposalRequest request;
  request.set_entry(std::string(entry));
  request.mutable_row()->set_text(std::string(text));
  request.set_reason("because");
  v1::Proposal proposal;
  const absl::Status status = server_->moderation->CreateProposal(caller, request, &proposal);
  EXPECT_TRUE(status.ok()) << status;
  return proposal;
}

v1::Proposal ModerationTest::Approve(const v1::Caller& caller, const v1::Proposal& proposal) {
  v1::ApproveProposalRequest request;
  request.set_name(proposal.name());
  request.set_content_hash(proposal.content_hash());
  v1::Proposal approved;
  const absl::Status status = server_->moderation->ApproveProposal(caller, request, &approved);
  EXPECT_TRUE(status.ok()) << status;
  return approved;
}

std::string ModerationTest::WhyNotPropose(const v1::Caller& caller, std::string_view entry,
                                          std::string_view text) {
  v1::CreateProposalRequest request;
  request.set_entry(std::string(entry));
  request.mutable_row()->set_text(std::string(text));
  request.set_reason("because");
  v1::Proposal proposal;
  return ReasonOf(server_->moderation->CreateProposal(caller, request, &proposal));
}

std::string ModerationTest::WhyNotApprove(const v1::Caller& caller, const v1::Proposal& proposal) {
  v1::ApproveProposalRequest request;
  request.set_name(proposal.name());
  request.set_content_hash(proposal.content_hash());
  v1::Proposal approved;
  return ReasonOf(server_->moderation->ApproveProposal(caller, request, &approved));
}

v1::VerifyAuditLogResponse ModerationTest::Verify() {
  v1::VerifyAuditLogResponse response;
  const absl::Status status = server_->moderation->VerifyAuditLog(Vic(), {}, &response);
  EXPECT_TRUE(status.ok()) << status;
  return response;
}

}  // namespace signalbook
