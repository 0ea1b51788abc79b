#include "service/moderation/methods.h"

#include "service/auth.h"
#include "service/moderation/moderation.h"

namespace signalbook {
namespace {

template <typename T>
struct Signature;
template <typename RequestType, typename ResponseType>
struct Signature<absl::Status (Moderation::*)(const v1::Caller&, const RequestType&,
                                              ResponseType*)> {
  using Request = RequestType;
  using Response = ResponseType;
};

// The row of a method whose types are known only here.
template <auto method, v1::Role role>
ModerationMethod Method(std::string_view name) {
  using Types = Signature<decltype(method)>;
  return {.name = name,
          .role = role,
          .request = &Types::Request::default_instance(),
          .response = &Types::Response::default_instance(),
          .call = [](Moderation& moderation, const v1::Caller& caller,
                     const google::protobuf::Message& request,
                     google::protobuf::Message* response) -> absl::Status {
            if (absl::Status status = RequireRole(caller, role); !status.ok()) return status;
            return (moderation.*method)(caller,
                                        static_cast<const typename Types::Request&>(request),
                                        static_cast<typename Types::Response*>(response));
          }};
}

}  // namespace

const std::vector<ModerationMethod>& ModerationMethods() {
  using M = Moderation;
  constexpr v1::Role kViewer = v1::ROLE_VIEWER;
  constexpr v1::Role kModerator = v1::ROLE_MODERATOR;
  constexpr v1::Role kApprover = v1::ROLE_APPROVER;
  static const auto* const kMethods = new std::vector<ModerationMethod>{
      Method<&M::GetCaller, kViewer>("GetCaller"),
      Method<&M::ListEntries, kViewer>("ListEntries"),
      Method<&M::GetEntry, kViewer>("GetEntry"),
      Method<&M::GetOverview, kViewer>("GetOverview"),
      Method<&M::CreateProposal, kModerator>("CreateProposal"),
      Method<&M::GetProposal, kViewer>("GetProposal"),
      Method<&M::ListProposals, kViewer>("ListProposals"),
      Method<&M::UpdateProposal, kModerator>("UpdateProposal"),
      Method<&M::CommentOnProposal, kModerator>("CommentOnProposal"),
      Method<&M::WithdrawProposal, kModerator>("WithdrawProposal"),
      Method<&M::ApproveProposal, kApprover>("ApproveProposal"),
      Method<&M::RejectProposal, kApprover>("RejectProposal"),
      Method<&M::BatchDecideProposals, kApprover>("BatchDecideProposals"),
      Method<&M::BlockEntry, kApprover>("BlockEntry"),
      Method<&M::ListRevisions, kViewer>("ListRevisions"),
      Method<&M::DiffRevisions, kViewer>("DiffRevisions"),
      Method<&M::RollBack, kApprover>("RollBack"),
      Method<&M::ListAuditEvents, kViewer>("ListAuditEvents"),
      Method<&M::VerifyAuditLog, kViewer>("VerifyAuditLog"),
      Method<&M::ListRefusals, kViewer>("ListRefusals"),
      Method<&M::GetImpact, kViewer>("GetImpact"),
      Method<&M::ExportEntries, kViewer>("ExportEntries"),
      Method<&M::ImportEntries, kModerator>("ImportEntries"),
      Method<&M::PreviewTranslation, kViewer>("PreviewTranslation"),
  };
  return *kMethods;
}

const ModerationMethod* FindModerationMethod(std::string_view name) {
  for (const ModerationMethod& method : ModerationMethods()) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

}  // namespace signalbook
