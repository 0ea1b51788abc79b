#include "service/model_servers.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "service/remote_model.h"
#include "service/strings.h"
#include "translator/models/apertium_apy.h"
#include "translator/models/chat.h"
#include "translator/models/libretranslate.h"
#include "translator/models/only_pairs.h"
#include "translator/models/retrying.h"
#include "translator/models/timeout.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

// What a file with a key or token holds; empty for no file.
absl::StatusOr<std::string> Secret(const std::string& path) {
  if (path.empty()) return std::string();
  absl::StatusOr<std::string> content = ReadFile(path);
  if (!content.ok()) return content;
  absl::StripAsciiWhitespace(&*content);
  if (content->empty()) return absl::InvalidArgumentError(StrCat(path, ": holds nothing"));
  return content;
}

template <typename Adapter>
absl::StatusOr<std::shared_ptr<Model>> Shared(absl::StatusOr<std::unique_ptr<Adapter>> adapter) {
  if (!adapter.ok()) return adapter.status();
  return std::shared_ptr<Model>(*std::move(adapter));
}

absl::StatusOr<std::shared_ptr<Model>> MakeAdapter(const v1::ModelServer& server) {
  switch (server.server_case()) {
    case v1::ModelServer::kLibretranslate: {
      absl::StatusOr<std::string> key = Secret(server.libretranslate().api_key_file());
      if (!key.ok()) return key.status();
      return Shared(LibreTranslateModel::Create(
          {.url = server.libretranslate().url(), .api_key = *std::move(key)}));
    }
    case v1::ModelServer::kChat: {
      absl::StatusOr<std::string> key = Secret(server.chat().api_key_file());
      if (!key.ok()) return key.status();
      return Shared(ChatModel::Create({.url = server.chat().url(),
                                       .model = server.chat().model(),
                                       .api_key = *std::move(key),
                                       .max_parallel = server.chat().max_parallel()}));
    }
    case v1::ModelServer::kRemote: {
      const v1::RemoteServer& remote = server.remote();
      absl::StatusOr<std::string> token = Secret(remote.token_file());
      if (!token.ok()) return token.status();
      return Shared(RemoteModel::Create({.address = remote.address(),
                                         .tls = {.enabled = remote.tls(),
                                                 .authorities_file = remote.authorities_file(),
                                                 .certificate_file = remote.certificate_file(),
                                                 .key_file = remote.key_file()},
                                         .token = *std::move(token)}));
    }
    case v1::ModelServer::kApertiumApy:
      return Shared(
          ApertiumApyModel::Create({.url = server.apertium_apy().url(),
                                    .max_parallel = server.apertium_apy().max_parallel()}));
    case v1::ModelServer::SERVER_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("libretranslate, chat, remote or apertium_apy is required");
}

}  // namespace

std::string ToString(const LanguagePair& pair) {
  return StrCat(pair.from, "→", pair.via, pair.via.empty() ? "" : "→", pair.to);
}

absl::StatusOr<std::vector<ServedModel>> MakeModelServers(const v1::Config& config) {
  std::vector<ServedModel> served;
  for (const v1::ModelServer& server : config.models()) {
    absl::StatusOr<std::shared_ptr<Model>> adapter = MakeAdapter(server);
    if (!adapter.ok()) {
      return absl::Status(
          adapter.status().code(),
          AsAbsl(StrCat("models \"", server.name(), "\": ", adapter.status().message())));
    }
    ServedModel& one = served.emplace_back();
    one.name = server.name();
    const auto breaker = std::make_shared<BreakerModel>(std::make_shared<RetryingModel>(
        *std::move(adapter), RetryingOptions{.attempts = server.attempts()}));
    const auto bulkhead =
        std::make_shared<BulkheadModel>(breaker, static_cast<size_t>(server.max_concurrent()),
                                        static_cast<size_t>(server.max_waiting()));
    one.breaker = breaker;
    one.bulkhead = bulkhead;
    one.model = bulkhead;
    if (server.timeout_ms() > 0) {
      one.model =
          std::make_shared<TimeoutModel>(one.model, absl::Milliseconds(server.timeout_ms()));
    }
    if (server.routes().empty()) continue;
    OnlyPairsModel::Pairs pairs;
    for (const v1::Route& route : server.routes()) {
      pairs.emplace_back(route.from(), route.to());
      one.pairs.push_back({route.from(), route.to(), ""});
    }
    one.model = std::make_shared<OnlyPairsModel>(one.model, std::move(pairs));
  }
  return served;
}

}  // namespace signalbook
