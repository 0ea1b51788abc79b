// Who answers the command line: this process, or a server.
#ifndef SIGNALBOOK_SERVICE_CLI_BACKEND_H_
#define SIGNALBOOK_SERVICE_CLI_BACKEND_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/cli/channel_options.h"
#include "signalbook/v1/config.pb.h"
#include "signalbook/v1/translation.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace signalbook {

// Both kinds give the same answers and the same errors.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual absl::StatusOr<v1::TranslateTextResponse> Translate(
      const v1::TranslateTextRequest& request) = 0;
  virtual absl::StatusOr<v1::AnalyzeTextResponse> Analyze(
      const v1::AnalyzeTextRequest& request) = 0;
  virtual absl::StatusOr<v1::JudgeCandidateResponse> Judge(
      const v1::JudgeCandidateRequest& request) = 0;
};

struct BackendOptions {
  std::string server;           // empty: in this process
  ChannelOptions channel = {};  // to the server
  std::string book;             // in this process only
  std::string config_file;      // in this process only
  double timeout_seconds = 10;
  bool with_models = true;  // false: no engine is started
};

// The options --server, --book, --config and --timeout, and those of AddChannelOptions.
void AddBackendOptions(CLI::App* command, BackendOptions* options);

// Errors of OpenChannel for a server; else of LoadConfig, CompleteConfig and Compose.
absl::StatusOr<std::unique_ptr<Backend>> MakeBackend(const BackendOptions& options);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_BACKEND_H_
