// Proposes and approves until it is killed, and says of each decision that was acknowledged: "N text", the
// revision and what the row says since.
#include <cstdio>
#include <memory>
#include <string>

#include "service/live_translator.h"
#include "service/moderation/moderation.h"
#include "tests/support/test_book.h"

namespace signalbook {
namespace {

int Write(const std::string& url, const std::string& prefix) {
  auto translator = Translator::Create(TestBook(), nullptr);
  auto database = OpenDatabase(url);
  if (!translator.ok() || !database.ok()) return 2;
  LiveTranslator live(*std::move(translator));
  auto moderation = Moderation::Start(*std::move(database), &live, {});
  if (!moderation.ok()) return 2;
  v1::Caller author;
  author.set_name("mia");
  v1::Caller approver;
  approver.set_name("ana");
  for (int i = 0;; ++i) {
    v1::CreateProposalRequest create;
    create.set_entry("entries/names:es:1F44D");
    create.mutable_row()->set_text("pulgar " + prefix + "." + std::to_string(i));
    create.set_reason("because");
    v1::Proposal proposal;
    if (!(*moderation)->CreateProposal(author, create, &proposal).ok()) return 3;
    v1::ApproveProposalRequest approve;
    approve.set_name(proposal.name());
    approve.set_content_hash(proposal.content_hash());
    if (!(*moderation)->ApproveProposal(approver, approve, &proposal).ok()) continue;
    std::printf("%ld %s\n", static_cast<long>(proposal.revision()), proposal.row().text().c_str());
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace signalbook

int main(int argc, char** argv) { return argc == 3 ? signalbook::Write(argv[1], argv[2]) : 1; }
