// A model in a process of its own: any program that serves signalbook.v1.ModelService (model.proto).
//
// It is trusted as little as any model. What can go wrong, and what then happens:
//   * For all sentences of a request: no server at the address, TLS fails, the connection breaks, the
//     server says UNAVAILABLE or RESOURCE_EXHAUSTED: Unavailable. It has not this pair of languages or no
//     ModelService: NotFound. It is too late: DeadlineExceeded. Any other code, an answer that is too large
//     or compressed, that is no such message or that is for another number of sentences: Internal.
//   * For one sentence: its error_code, read the same way, but for FAILED_PRECONDITION: it stays that, and the
//     server is well. Neither text nor code, or a name of the model
//     that is none: Internal. A text that is not UTF-8 is a candidate like any other.
// What a server says with an error may hold message text and is never repeated.
//
// A server that is gone is not waited for: requests fail at once until it is there again, which is tried
// every `connect_timeout`. It is asked directly: proxies of the environment are not heeded.
#ifndef SIGNALBOOK_SERVICE_REMOTE_MODEL_H_
#define SIGNALBOOK_SERVICE_REMOTE_MODEL_H_

#include <grpcpp/client_context.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/channel.h"
#include "signalbook/v1/model.grpc.pb.h"
#include "translator/model.h"

namespace signalbook {

struct RemoteModelOptions {
  // "models.example:50061", "unix:/run/model.sock".
  std::string address;
  ChannelTls tls;
  // Shown to the server as "authorization: Bearer TOKEN", and in no message. Empty: none is. One that would
  // leave this machine without TLS is refused.
  std::string token;
  // A connection, TLS included, is there by then, or the server is Unavailable. At least 100 ms.
  absl::Duration connect_timeout = absl::Seconds(5);
  // Of an answer. More is Internal.
  int max_response_bytes = 8 << 20;
};

// What model.proto allows as model_name and model_version; empty is.
bool IsModelName(const std::string& text);

// Thread rule: safe from many threads.
class RemoteModel final : public Model {
 public:
  // A direction of translation, as canonical BCP 47 tags.
  struct Pair {
    std::string source_locale;
    std::string target_locale;
  };

  // Asks nobody yet. InvalidArgument or NotFound when an option makes no sense; names it, or the file.
  static absl::StatusOr<std::unique_ptr<RemoteModel>> Create(const RemoteModelOptions& options);

  // As model.h says, one call for all sentences. InvalidArgument for a sentence that is not UTF-8.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

  // What the server says it can translate, without what is no pair of BCP 47 tags. Errors are those of
  // Translate; Internal also for a list that is longer than model.proto allows.
  absl::StatusOr<std::vector<Pair>> ListLanguagePairs(absl::Time deadline);

 private:
  RemoteModel(const RemoteModelOptions& options,
              const std::shared_ptr<grpc::ChannelCredentials>& credentials);
  // `request`: for its trace and hops; null: there are none.
  void Prepare(absl::Time deadline, const ModelRequest* request,
               grpc::ClientContext* context) const;
  // `status` with the address in its message.
  absl::Status Named(const absl::Status& status) const;

  const std::string address_;
  const std::string authorization_;  // empty: none
  const std::unique_ptr<v1::ModelService::Stub> stub_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_REMOTE_MODEL_H_
