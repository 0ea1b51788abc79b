// Every role × every method: who may call what, tested whole.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "service/moderation/methods.h"
#include "service/status.h"
#include "signalbook/v1/moderation.grpc.pb.h"
#include "tests/service/moderation/moderation_fixture.h"

namespace signalbook {
namespace {

// What moderation.proto says of the roles, method by method, written down a second time on purpose.
const std::map<std::string, v1::Role>& Promised() {
  static const auto* const kPromised = new std::map<std::string, v1::Role>{
      {"GetCaller", v1::ROLE_VIEWER},
      {"ListEntries", v1::ROLE_VIEWER},
      {"GetEntry", v1::ROLE_VIEWER},
      {"GetOverview", v1::ROLE_VIEWER},
      {"GetProposal", v1::ROLE_VIEWER},
      {"ListProposals", v1::ROLE_VIEWER},
      {"ListRevisions", v1::ROLE_VIEWER},
      {"DiffRevisions", v1::ROLE_VIEWER},
      {"ListAuditEvents", v1::ROLE_VIEWER},
      {"VerifyAuditLog", v1::ROLE_VIEWER},
      {"ListRefusals", v1::ROLE_VIEWER},
      {"GetImpact", v1::ROLE_VIEWER},
      {"ExportEntries", v1::ROLE_VIEWER},
      {"PreviewTranslation", v1::ROLE_VIEWER},
      {"CreateProposal", v1::ROLE_MODERATOR},
      {"UpdateProposal", v1::ROLE_MODERATOR},
      {"CommentOnProposal", v1::ROLE_MODERATOR},
      {"WithdrawProposal", v1::ROLE_MODERATOR},
      {"ImportEntries", v1::ROLE_MODERATOR},
      {"ApproveProposal", v1::ROLE_APPROVER},
      {"RejectProposal", v1::ROLE_APPROVER},
      {"BatchDecideProposals", v1::ROLE_APPROVER},
      {"BlockEntry", v1::ROLE_APPROVER},
      {"RollBack", v1::ROLE_APPROVER},
  };
  return *kPromised;
}

using Authorization = ModerationTest;

TEST_F(Authorization, EveryMethodOfTheServiceHasARowAndARole) {
  const google::protobuf::ServiceDescriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          v1::ModerationService::service_full_name());
  ASSERT_NE(descriptor, nullptr);
  ASSERT_EQ(static_cast<size_t>(descriptor->method_count()), ModerationMethods().size());
  ASSERT_EQ(Promised().size(), ModerationMethods().size());
  for (int i = 0; i < descriptor->method_count(); ++i) {
    const google::protobuf::MethodDescriptor* method = descriptor->method(i);
    const ModerationMethod* row = FindModerationMethod(method->name());
    ASSERT_NE(row, nullptr) << method->name();
    EXPECT_EQ(row->request->GetDescriptor(), method->input_type()) << method->name();
    EXPECT_EQ(row->response->GetDescriptor(), method->output_type()) << method->name();
  }
  EXPECT_EQ(FindModerationMethod("DropTables"), nullptr);
}

TEST_F(Authorization, EveryRoleMayCallWhatItsRowSaysAndNothingElse) {
  Start();
  for (const ModerationMethod& method : ModerationMethods()) {
    for (const v1::Role role : {v1::ROLE_UNSPECIFIED, v1::ROLE_VIEWER, v1::ROLE_MODERATOR,
                                v1::ROLE_APPROVER, v1::ROLE_ADMINISTRATOR}) {
      v1::Caller caller;
      caller.set_name("somebody");
      caller.set_role(role);
      const std::unique_ptr<google::protobuf::Message> request(method.request->New());
      const std::unique_ptr<google::protobuf::Message> response(method.response->New());
      const absl::Status status =
          method.call(*server_->moderation, caller, *request, response.get());
      const bool allowed = role >= Promised().at(std::string(method.name));
      // Empty requests: whoever may call is told what is missing in them, if anything.
      EXPECT_EQ(ReasonOf(status) == "ROLE_TOO_LOW", !allowed)
          << method.name << " as " << v1::Role_Name(role) << ": " << status;
      if (!allowed) {
        EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << method.name;
        EXPECT_EQ(response->ByteSizeLong(), 0u) << method.name << " says nothing to strangers";
      }
    }
  }
  EXPECT_EQ(Verify().events(), 0) << "nothing of it was a decision";
}

}  // namespace
}  // namespace signalbook
