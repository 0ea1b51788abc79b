#include "service/cli/backend.h"

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/time/clock.h"
#include "service/composition.h"
#include "service/config.h"
#include "service/request.h"
#include "service/response.h"
#include "service/status.h"
#include "service/strings.h"
#include "signalbook/v1/translation.grpc.pb.h"

namespace signalbook {
namespace {

class InProcess final : public Backend {
 public:
  InProcess(Composition composition, absl::Duration timeout)
      : translator_(std::move(composition.translator)), timeout_(timeout) {}

  absl::StatusOr<v1::TranslateTextResponse> Translate(
      const v1::TranslateTextRequest& request) override {
    absl::StatusOr<TranslateInput> input = CheckRequest(request, translator_->book());
    if (!input.ok()) return input.status();
    input->options.deadline = absl::Now() + timeout_;
    v1::TranslateTextResponse response;
    Answer(*translator_, *input, &response);
    return response;
  }

  absl::StatusOr<v1::AnalyzeTextResponse> Analyze(const v1::AnalyzeTextRequest& request) override {
    return AnswerHere<v1::AnalyzeTextResponse>(request);
  }

  absl::StatusOr<v1::JudgeCandidateResponse> Judge(
      const v1::JudgeCandidateRequest& request) override {
    return AnswerHere<v1::JudgeCandidateResponse>(request);
  }

 private:
  template <typename Response, typename Request>
  absl::StatusOr<Response> AnswerHere(const Request& request) const {
    const auto input = CheckRequest(request, translator_->book());
    if (!input.ok()) return input.status();
    Response response;
    Answer(*translator_, *input, &response);
    return response;
  }

  const std::shared_ptr<const Translator> translator_;
  const absl::Duration timeout_;
};

class Remote final : public Backend {
 public:
  Remote(const std::string& address, ServerChannel server, absl::Duration timeout)
      : address_(address),
        server_(std::move(server)),
        timeout_(timeout),
        stub_(v1::TranslationService::NewStub(server_.channel)) {}

  absl::StatusOr<v1::TranslateTextResponse> Translate(
      const v1::TranslateTextRequest& request) override {
    return Call<v1::TranslateTextResponse>(&v1::TranslationService::Stub::TranslateText, request);
  }

  absl::StatusOr<v1::JudgeCandidateResponse> Judge(
      const v1::JudgeCandidateRequest& request) override {
    return Call<v1::JudgeCandidateResponse>(&v1::TranslationService::Stub::JudgeCandidate, request);
  }

  absl::StatusOr<v1::AnalyzeTextResponse> Analyze(const v1::AnalyzeTextRequest& request) override {
    return Call<v1::AnalyzeTextResponse>(&v1::TranslationService::Stub::AnalyzeText, request);
  }

 private:
  template <typename Response, typename Method, typename Request>
  absl::StatusOr<Response> Call(Method method, const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
    server_.AddToken(&context);
    Response response;
    const grpc::Status status = ((*stub_).*method)(&context, request, &response);
    if (status.ok()) return response;
    absl::Status error = FromGrpcStatus(status);
    if (absl::IsUnavailable(error) && ReasonOf(error).empty()) {
      return absl::UnavailableError(StrCat("cannot reach ", address_, " (", error.message(),
                                           "); is `signalbook serve` running there?"));
    }
    return error;
  }

  const std::string address_;
  const ServerChannel server_;
  const absl::Duration timeout_;
  const std::unique_ptr<v1::TranslationService::Stub> stub_;
};

}  // namespace

void AddBackendOptions(CLI::App* command, BackendOptions* options) {
  CLI::Option* server =
      command
          ->add_option("--server", options->server,
                       "Ask the server at ADDRESS (127.0.0.1:50051) instead of translating here")
          ->type_name("ADDRESS");
  AddChannelOptions(command, &options->channel, server);
  command->add_option("--book", options->book, "Book file to use instead of the default one")
      ->type_name("FILE")
      ->excludes(server);
  command
      ->add_option("--config", options->config_file,
                   "Configuration, as for `signalbook serve`: which models and pivots there are")
      ->type_name("FILE")
      ->excludes(server);
  command->add_option("--timeout", options->timeout_seconds, "Longest wait for a message")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 86400.0).description(""))
      ->capture_default_str();
}

absl::StatusOr<std::unique_ptr<Backend>> MakeBackend(const BackendOptions& options) {
  const absl::Duration timeout = absl::Seconds(options.timeout_seconds);
  if (!options.server.empty()) {
    absl::StatusOr<ServerChannel> server = OpenChannel(options.server, options.channel);
    if (!server.ok()) return server.status();
    return std::make_unique<Remote>(options.server, *std::move(server), timeout);
  }

  v1::Config config;
  if (!options.config_file.empty()) {
    absl::StatusOr<v1::Config> loaded = LoadConfig(options.config_file);
    if (!loaded.ok()) return loaded.status();
    config = *std::move(loaded);
  }
  if (!options.book.empty()) config.set_book(options.book);
  if (absl::Status status = CompleteConfig(&config); !status.ok()) return status;
  if (!options.with_models) config.mutable_apertium()->set_disabled(true);
  absl::StatusOr<Composition> composition = Compose(config);
  if (!composition.ok()) return composition.status();
  return std::make_unique<InProcess>(*std::move(composition), timeout);
}

}  // namespace signalbook
