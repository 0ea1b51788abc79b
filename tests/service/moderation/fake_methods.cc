#include "tests/service/moderation/fake_methods.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "service/status.h"

namespace signalbook {
namespace {

using ProtoMessage = google::protobuf::Message;

struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = true;
  int arrived = 0;
};
Gate& TheGate() {
  static auto* const gate = new Gate();
  return *gate;
}

absl::Status GetCaller(Moderation& /*moderation*/, const v1::Caller& caller,
                       const ProtoMessage& /*request*/, ProtoMessage* response) {
  response->CopyFrom(caller);
  return absl::OkStatus();
}

absl::Status CreateProposal(Moderation& /*moderation*/, const v1::Caller& caller,
                            const ProtoMessage& request, ProtoMessage* response) {
  const auto& wanted = static_cast<const v1::CreateProposalRequest&>(request);
  if (wanted.reason() == "fail") {
    return WithReason(absl::StatusCode::kAborted, reason::kRowChanged,
                      "the row has changed; read it again", {{"entry", wanted.entry()}});
  }
  auto& proposal = static_cast<v1::Proposal&>(*response);
  proposal.set_entry(wanted.entry());
  *proposal.mutable_row() = wanted.row();
  proposal.set_author(caller.name());
  proposal.set_reason(wanted.reason());
  proposal.set_revision(int64_t{1} << 60);  // more than a double holds
  return absl::OkStatus();
}

absl::Status ListEntries(Moderation& /*moderation*/, const v1::Caller& /*caller*/,
                         const ProtoMessage& /*request*/, ProtoMessage* response) {
  Gate& gate = TheGate();
  std::unique_lock lock(gate.mutex);
  ++gate.arrived;
  gate.changed.notify_all();
  gate.changed.wait(lock, [&gate] { return gate.open; });
  static_cast<v1::ListEntriesResponse*>(response)->set_total_size(3);
  return absl::OkStatus();
}

}  // namespace

const std::vector<ModerationMethod>& FakeMethods() {
  static const auto* const methods = new std::vector<ModerationMethod>{
      {"GetCaller", v1::ROLE_VIEWER, &v1::GetCallerRequest::default_instance(),
       &v1::Caller::default_instance(), GetCaller},
      {"ListEntries", v1::ROLE_VIEWER, &v1::ListEntriesRequest::default_instance(),
       &v1::ListEntriesResponse::default_instance(), ListEntries},
      {"CreateProposal", v1::ROLE_MODERATOR, &v1::CreateProposalRequest::default_instance(),
       &v1::Proposal::default_instance(), CreateProposal},
  };
  return *methods;
}

void OpenGate() {
  std::lock_guard lock(TheGate().mutex);
  TheGate().open = true;
  TheGate().changed.notify_all();
}

void CloseGate() {
  std::lock_guard lock(TheGate().mutex);
  TheGate().open = false;
  TheGate().arrived = 0;
}

bool WaitAtGate(int count, std::chrono::milliseconds patience) {
  Gate& gate = TheGate();
  std::unique_lock lock(gate.mutex);
  return gate.changed.wait_for(lock, patience, [&] { return gate.arrived >= count; });
}

const Authenticator& FakeAuthenticator() {
  static const auto* const authenticator = [] {
    v1::Moderation config;
    v1::Account* ada = config.add_accounts();
    ada->set_name("ada");
    ada->set_role("approver");
    ada->set_token_sha256(TokenHash(kToken));
    v1::Account* bot = config.add_accounts();
    bot->set_name("bot");
    bot->set_role("moderator");
    bot->add_certificate_names("bot.example");
    auto created = Authenticator::Create(config);
    EXPECT_TRUE(created.ok()) << created.status();
    return new Authenticator(*std::move(created));
  }();
  return *authenticator;
}

ModerationBackend FakeBackend() {
  alignas(16) static char nothing[16];
  return {FakeMethods(), reinterpret_cast<Moderation&>(nothing), FakeAuthenticator()};
}

}  // namespace signalbook
