#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/strings.h"

namespace signalbook {
namespace {

bool IsUnix(std::string_view address) {
  return address.starts_with("unix:") || address.starts_with("unix-abstract:");
}

// "127.0.0.1:0" → "127.0.0.1". "[::1]:0" → "[::1]".
std::string_view Host(std::string_view address) { return address.substr(0, address.rfind(':')); }

// 127.0.0.0/8, written in full: a host *name* such as "127.evil.example" is not loopback.
bool IsLoopbackIpv4(std::string_view host) {
  const std::vector<absl::string_view> parts = absl::StrSplit(AsAbsl(host), '.');
  return parts.size() == 4 && parts[0] == "127" &&
         std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
           int value = 0;
           return absl::SimpleAtoi(part, &value) && value >= 0 && value <= 255;
         });
}

}  // namespace

bool IsLoopback(const std::string& address) {
  const std::string_view host = Host(address);
  return IsUnix(address) || host == "localhost" || host == "[::1]" || IsLoopbackIpv4(host);
}

Server::Server(std::unique_ptr<TranslationServiceImpl> service) : service_(std::move(service)) {}

Server::~Server() { Drain(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const v1::Config& config, std::shared_ptr<const Translator> translator) {
  if (!config.allow_remote() && !IsLoopback(config.listen())) {
    return absl::InvalidArgumentError(
        StrCat("listen: other machines could reach \"", config.listen(),
               "\" and there is no authentication; use a loopback address or set allow_remote"));
  }
  std::unique_ptr<Server> server(new Server(std::make_unique<TranslationServiceImpl>(
      std::move(translator), TranslationServiceImpl::Options{
                                 .model_timeout = absl::Milliseconds(config.model_timeout_ms()),
                                 .model_workers = config.model_workers(),
                                 .model_queue = config.model_queue()})));

  // Both are process-wide switches that a builder reads.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(config.listen(), grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(server->service_.get());
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  // Otherwise a second server takes the same port without an error and gets half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return absl::UnavailableError(StrCat("cannot listen on ", config.listen(),
                                         ": in use, or not an address of this machine"));
  }
  server->address_ =
      IsUnix(config.listen()) ? config.listen() : StrCat(Host(config.listen()), ":", port);
  server->server_->GetHealthCheckService()->SetServingStatus(
      v1::TranslationService::service_full_name(), true);
  return server;
}

void Server::Drain(absl::Duration grace) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->Shutdown();
  service_->Drain(absl::Now() + grace);
  // Our own calls are done or out of time. What may still be open are streams of health watchers
  // and reflection, which end only when they are cancelled.
  server_->Shutdown(absl::ToChronoTime(absl::Now() + kCloseTimeout));
  server_->Wait();
  service_->Stop();
  server_.reset();
}

}  // namespace signalbook
