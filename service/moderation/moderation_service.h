// ModerationService over gRPC's callback API.
//
// A call is authenticated and parsed on gRPC's own thread; the rest goes to a bounded pool of threads that
// may block on the database.
#ifndef SIGNALBOOK_SERVICE_MODERATION_MODERATION_SERVICE_H_
#define SIGNALBOOK_SERVICE_MODERATION_MODERATION_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "service/call.h"
#include "service/moderation/backend.h"
#include "service/worker_pool.h"
#include "signalbook/v1/moderation.grpc.pb.h"

namespace signalbook {

// First<Second<…<Base>>>.
template <typename Base, template <typename> class... Layers>
struct Layered {
  using Type = Base;
};
template <typename Base, template <typename> class First, template <typename> class... Rest>
struct Layered<Base, First, Rest...> {
  using Type = First<typename Layered<Base, Rest...>::Type>;
};

// Raw: requests arrive as bytes. wire.h says why.
using RawModerationService =
    Layered<v1::ModerationService::Service, v1::ModerationService::WithRawCallbackMethod_GetCaller,
            v1::ModerationService::WithRawCallbackMethod_ListEntries,
            v1::ModerationService::WithRawCallbackMethod_GetEntry,
            v1::ModerationService::WithRawCallbackMethod_GetOverview,
            v1::ModerationService::WithRawCallbackMethod_CreateProposal,
            v1::ModerationService::WithRawCallbackMethod_GetProposal,
            v1::ModerationService::WithRawCallbackMethod_ListProposals,
            v1::ModerationService::WithRawCallbackMethod_UpdateProposal,
            v1::ModerationService::WithRawCallbackMethod_CommentOnProposal,
            v1::ModerationService::WithRawCallbackMethod_WithdrawProposal,
            v1::ModerationService::WithRawCallbackMethod_ApproveProposal,
            v1::ModerationService::WithRawCallbackMethod_RejectProposal,
            v1::ModerationService::WithRawCallbackMethod_BatchDecideProposals,
            v1::ModerationService::WithRawCallbackMethod_BlockEntry,
            v1::ModerationService::WithRawCallbackMethod_ListRevisions,
            v1::ModerationService::WithRawCallbackMethod_DiffRevisions,
            v1::ModerationService::WithRawCallbackMethod_RollBack,
            v1::ModerationService::WithRawCallbackMethod_ListAuditEvents,
            v1::ModerationService::WithRawCallbackMethod_VerifyAuditLog,
            v1::ModerationService::WithRawCallbackMethod_ListRefusals,
            v1::ModerationService::WithRawCallbackMethod_GetImpact,
            v1::ModerationService::WithRawCallbackMethod_ExportEntries,
            v1::ModerationService::WithRawCallbackMethod_ImportEntries,
            v1::ModerationService::WithRawCallbackMethod_PreviewTranslation>::Type;

// To be destroyed after the gRPC server has been shut down: that waits for what still runs of calls that were
// cancelled, as long as the database takes.
class ModerationServiceImpl final : public RawModerationService {
 public:
  struct Options {
    int workers = 8;
    int queue = 64;
    Metrics* metrics = nullptr;  // outlives it; null: nothing is counted
    RequestLog* log = nullptr;   // likewise; null: nothing is logged
  };

  // Without a backend every RPC is answered UNIMPLEMENTED, MODERATION_DISABLED.
  ModerationServiceImpl(std::optional<ModerationBackend> backend, const Options& options);

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* GetCaller(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("GetCaller", context, *request, response);
  }
  Reactor* ListEntries(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("ListEntries", context, *request, response);
  }
  Reactor* GetEntry(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("GetEntry", context, *request, response);
  }
  Reactor* GetOverview(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("GetOverview", context, *request, response);
  }
  Reactor* CreateProposal(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("CreateProposal", context, *request, response);
  }
  Reactor* GetProposal(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("GetProposal", context, *request, response);
  }
  Reactor* ListProposals(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("ListProposals", context, *request, response);
  }
  Reactor* UpdateProposal(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("UpdateProposal", context, *request, response);
  }
  Reactor* CommentOnProposal(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("CommentOnProposal", context, *request, response);
  }
  Reactor* WithdrawProposal(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("WithdrawProposal", context, *request, response);
  }
  Reactor* ApproveProposal(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("ApproveProposal", context, *request, response);
  }
  Reactor* RejectProposal(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("RejectProposal", context, *request, response);
  }
  Reactor* BatchDecideProposals(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("BatchDecideProposals", context, *request, response);
  }
  Reactor* BlockEntry(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("BlockEntry", context, *request, response);
  }
  Reactor* ListRevisions(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("ListRevisions", context, *request, response);
  }
  Reactor* DiffRevisions(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("DiffRevisions", context, *request, response);
  }
  Reactor* RollBack(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("RollBack", context, *request, response);
  }
  Reactor* ListAuditEvents(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("ListAuditEvents", context, *request, response);
  }
  Reactor* VerifyAuditLog(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("VerifyAuditLog", context, *request, response);
  }
  Reactor* ListRefusals(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("ListRefusals", context, *request, response);
  }
  Reactor* GetImpact(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("GetImpact", context, *request, response);
  }
  Reactor* ExportEntries(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("ExportEntries", context, *request, response);
  }
  Reactor* ImportEntries(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("ImportEntries", context, *request, response);
  }
  Reactor* PreviewTranslation(Context* context, const Bytes* request, Bytes* response) override {
    return Serve("PreviewTranslation", context, *request, response);
  }

  // From now on every new call is answered UNAVAILABLE, SHUTTING_DOWN. Returns when the calls under way are
  // done, or at the deadline.
  void Drain(absl::Time deadline);
  int calls_under_way() { return calls_.count(); }

 private:
  Reactor* Serve(std::string_view method, Context* context, const Bytes& request, Bytes* response);

  const std::optional<ModerationBackend> backend_;
  const Options options_;
  int first_method_ = 0;  // of the metrics; the others follow in the order of the backend
  std::atomic<bool> draining_ = false;
  CallCounter calls_;
  WorkerPool pool_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_MODERATION_MODERATION_SERVICE_H_
