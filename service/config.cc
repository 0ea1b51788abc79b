#include "service/config.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "service/loopback.h"
#include "service/strings.h"
#include "translator/round_trip.h"

namespace signalbook {
namespace {

// 2^30 ms are twelve days; more would overflow sums of times.
constexpr int32_t kMaxMilliseconds = 1 << 30;
// Half of it must be longer than a look into the database may take on a machine that is busy.
constexpr int32_t kMinStaleness = 4'000;
constexpr int32_t kMaxWorkers = 4'096;
constexpr int32_t kMaxQueue = 1 << 20;
constexpr int32_t kMaxPipelines = 64;
constexpr int32_t kMaxParallel = 64;
constexpr int32_t kMaxAttempts = 10;
constexpr int32_t kMaxCacheMib = 65'536;
constexpr double kMaxLexiconMargin = 20;
constexpr int kMaxClients = 1'000;
constexpr size_t kMaxClientName = 64;
constexpr double kMinRequestRate = 0.001;
constexpr int32_t kMaxRequests = 1'000'000;
constexpr int32_t kMinCharacterRate = 60;
constexpr int32_t kMaxCharacterRate = 1'000'000'000;
constexpr int32_t kMaxCharacterBurst = 10'000'000;

class Errors final : public google::protobuf::io::ErrorCollector {
 public:
  explicit Errors(const std::string& name) : name_(name) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    // Both count from 0; the line is -1 when the error belongs to no place.
    list_.push_back(line < 0 ? StrCat(name_, ": ", message)
                             : StrCat(name_, ":", line + 1, ":", column + 1, ": ", message));
  }

  const std::vector<std::string>& list() const { return list_; }

 private:
  const std::string& name_;
  std::vector<std::string> list_;
};

absl::Status InRange(std::string_view field, int32_t value, int32_t max, int32_t min = 1) {
  if (value >= min && value <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat(field, ": ", value, " is not between ", min, " and ", max));
}

// Without this, gRPC takes an address that has no port for one with port 443.
absl::Status HasPort(std::string_view field, const std::string& address,
                     std::string_view expected) {
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon != std::string::npos && absl::SimpleAtoi(address.substr(colon + 1), &port) &&
      port >= 0 && port <= 65'535) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      StrCat(field, ": \"", address, "\" has no port; expected ", expected));
}

// As browsers write one: no path, no capitals. "*" is any.
bool IsOrigin(absl::string_view origin) {
  if (origin == "*") return true;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(origin, absl::MaxSplits("://", 1));
  return !parts.first.empty() && !parts.second.empty() &&
         std::all_of(
             origin.begin(), origin.end(),
             [](unsigned char c) { return absl::ascii_isgraph(c) && !absl::ascii_isupper(c); }) &&
         parts.second.find_first_of("/?#*@") == absl::string_view::npos;
}

absl::Status CheckHttp(const v1::Http& http) {
  absl::Status status = HasPort("http.address", http.address(), "HOST:PORT");
  for (int i = 0; i < http.allowed_origins_size(); ++i) {
    if (IsOrigin(http.allowed_origins(i))) continue;
    status.Update(absl::InvalidArgumentError(
        StrCat("http.allowed_origins[", i, "]: \"", http.allowed_origins(i),
               "\" is no origin such as \"https://chat.example\", without a path, nor \"*\"")));
  }
  return status;
}

// Fills in and checks one row of `models`; `field` names it.
absl::Status CompleteModel(const std::string& field, v1::ModelServer* server) {
  if (server->max_concurrent() == 0) server->set_max_concurrent(8);
  if (server->attempts() == 0) server->set_attempts(2);
  absl::Status status;
  if (server->name().empty()) {
    status = absl::InvalidArgumentError(StrCat(field, ".name: required"));
  }
  if (server->server_case() == v1::ModelServer::SERVER_NOT_SET) {
    status.Update(absl::InvalidArgumentError(
        StrCat(field, ": one of libretranslate, chat, remote and apertium_apy is required")));
  }
  if (server->has_apertium_apy()) {
    v1::ApertiumApyServer* apy = server->mutable_apertium_apy();
    if (apy->max_parallel() == 0) apy->set_max_parallel(4);
    status.Update(
        InRange(StrCat(field, ".apertium_apy.max_parallel"), apy->max_parallel(), kMaxParallel));
  }
  if (server->has_chat()) {
    v1::ChatServer* chat = server->mutable_chat();
    if (chat->max_parallel() == 0) chat->set_max_parallel(4);
    status.Update(InRange(StrCat(field, ".chat.max_parallel"), chat->max_parallel(), kMaxParallel));
  }
  status.Update(InRange(StrCat(field, ".max_concurrent"), server->max_concurrent(), kMaxWorkers));
  status.Update(InRange(StrCat(field, ".attempts"), server->attempts(), kMaxAttempts));
  if (server->max_waiting() != 0) {
    status.Update(InRange(StrCat(field, ".max_waiting"), server->max_waiting(), kMaxWorkers));
  }
  if (server->timeout_ms() != 0) {
    status.Update(InRange(StrCat(field, ".timeout_ms"), server->timeout_ms(), kMaxMilliseconds));
  }
  for (int i = 0; i < server->routes_size(); ++i) {
    const v1::Route& route = server->routes(i);
    if (!route.from().empty() && !route.to().empty()) continue;
    status.Update(absl::InvalidArgumentError(
        StrCat(field, ".routes[", i, "]: from and to are both required")));
  }
  return status;
}

// Fills in and checks limits of a caller; `field` names them.
absl::Status CompleteLimits(const std::string& field, v1::CallerLimits* limits) {
  absl::Status status;
  // Written so that NaN is out of range too.
  if (const double rate = limits->requests_per_second();
      rate != 0 && !(rate >= kMinRequestRate && rate <= kMaxRequests)) {
    return absl::InvalidArgumentError(StrCat(field, ".requests_per_second: ", rate,
                                             " is not between ", kMinRequestRate, " and ",
                                             kMaxRequests));
  }
  if (limits->request_burst() != 0) {
    status.Update(InRange(StrCat(field, ".request_burst"), limits->request_burst(), kMaxRequests));
    if (limits->requests_per_second() == 0) {
      status.Update(absl::InvalidArgumentError(
          StrCat(field, ".request_burst: means nothing without requests_per_second")));
    }
  } else if (limits->requests_per_second() != 0) {
    limits->set_request_burst(static_cast<int32_t>(std::ceil(limits->requests_per_second())));
  }
  if (limits->characters_per_minute() != 0) {
    status.Update(InRange(StrCat(field, ".characters_per_minute"), limits->characters_per_minute(),
                          kMaxCharacterRate, kMinCharacterRate));
  }
  if (limits->character_burst() != 0) {
    status.Update(
        InRange(StrCat(field, ".character_burst"), limits->character_burst(), kMaxCharacterBurst));
    if (limits->characters_per_minute() == 0) {
      status.Update(absl::InvalidArgumentError(
          StrCat(field, ".character_burst: means nothing without characters_per_minute")));
    }
  } else {
    limits->set_character_burst(std::min(limits->characters_per_minute(), kMaxCharacterBurst));
  }
  if (limits->max_concurrent() != 0) {
    status.Update(
        InRange(StrCat(field, ".max_concurrent"), limits->max_concurrent(), kMaxRequests));
  }
  return status;
}

absl::Status CompleteAccess(v1::Access* access) {
  absl::Status status;
  if (access->clients().empty() && !access->allow_anonymous()) {
    status = absl::InvalidArgumentError(
        "access: nobody could call; add clients, or set allow_anonymous");
  }
  if (access->clients_size() > kMaxClients) {
    status.Update(absl::InvalidArgumentError(
        StrCat("access.clients: ", access->clients_size(), " are more than ", kMaxClients)));
  }
  for (int i = 0; i < access->clients_size(); ++i) {
    const std::string field = StrCat("access.clients[", i, "]");
    v1::Client* client = access->mutable_clients(i);
    if (client->name().size() > kMaxClientName || client->name() == "anonymous") {
      status.Update(absl::InvalidArgumentError(
          StrCat(field, ".name: expected 1 to ", kMaxClientName, " bytes, and not \"anonymous\"")));
    }
    if (client->has_limits()) {
      status.Update(CompleteLimits(StrCat(field, ".limits"), client->mutable_limits()));
    }
  }
  if (access->has_anonymous_limits()) {
    if (!access->allow_anonymous()) {
      status.Update(absl::InvalidArgumentError(
          "access.anonymous_limits: mean nothing without allow_anonymous"));
    }
    status.Update(CompleteLimits("access.anonymous_limits", access->mutable_anonymous_limits()));
  }
  return status;
}

}  // namespace

absl::StatusOr<v1::Config> ParseConfig(std::string_view text, const std::string& name) {
  v1::Config config;
  Errors errors(name);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  if (!parser.ParseFromString(std::string(text), &config)) {
    return absl::InvalidArgumentError(absl::StrJoin(errors.list(), "\n"));
  }
  return config;
}

absl::StatusOr<v1::Config> LoadConfig(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    // An empty file sets failbit too, and means: all defaults.
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored) ||
        std::filesystem::file_size(path, ignored) != 0) {
      return absl::NotFoundError(StrCat(path, ": cannot be read"));
    }
  }
  return ParseConfig(text.str(), path);
}

absl::Status CompleteConfig(v1::Config* config) {
  if (config->listen().empty()) config->set_listen("127.0.0.1:50051");
  if (config->book().empty()) config->set_book(DefaultBookPath());
  if (config->drain_timeout_ms() == 0) config->set_drain_timeout_ms(10'000);
  if (config->model_timeout_ms() == 0) config->set_model_timeout_ms(5'000);
  if (config->model_workers() == 0) config->set_model_workers(8);
  if (config->model_queue() == 0) config->set_model_queue(256);
  v1::Apertium* apertium = config->mutable_apertium();
  if (apertium->modes_directory().empty()) {
    apertium->set_modes_directory("/usr/share/apertium/modes");
  }
  if (apertium->pipelines_per_pair() == 0) apertium->set_pipelines_per_pair(2);

  if (config->has_moderation() && config->moderation().flush_interval_ms() == 0) {
    config->mutable_moderation()->set_flush_interval_ms(10'000);
  }

  absl::Status status;
  if (!IsUnix(config->listen())) {
    status = HasPort("listen", config->listen(), "HOST:PORT or unix:PATH");
  }
  if (config->has_http()) status.Update(CheckHttp(config->http()));
  status.Update(InRange("drain_timeout_ms", config->drain_timeout_ms(), kMaxMilliseconds));
  status.Update(InRange("drain_delay_ms", config->drain_delay_ms(), kMaxMilliseconds, /*min=*/0));
  status.Update(InRange("model_timeout_ms", config->model_timeout_ms(), kMaxMilliseconds));
  status.Update(InRange("model_workers", config->model_workers(), kMaxWorkers));
  status.Update(InRange("model_queue", config->model_queue(), kMaxQueue));
  status.Update(
      InRange("apertium.pipelines_per_pair", apertium->pipelines_per_pair(), kMaxPipelines));
  if (config->has_moderation()) {
    status.Update(InRange("moderation.flush_interval_ms", config->moderation().flush_interval_ms(),
                          kMaxMilliseconds));
    if (const int32_t staleness = config->moderation().max_staleness_ms(); staleness != 0) {
      status.Update(
          InRange("moderation.max_staleness_ms", staleness, kMaxMilliseconds, kMinStaleness));
    }
    if (config->moderation().database().empty()) {
      status.Update(absl::InvalidArgumentError(
          "moderation.database: required, such as \"sqlite:/var/lib/signalbook/moderation.db\""));
    }
  }
  if (config->has_access()) status.Update(CompleteAccess(config->mutable_access()));
  std::set<std::string> names;
  for (int i = 0; i < config->models_size(); ++i) {
    const std::string field = StrCat("models[", i, "]");
    status.Update(CompleteModel(field, config->mutable_models(i)));
    if (!names.insert(config->models(i).name()).second) {
      status.Update(absl::InvalidArgumentError(
          StrCat(field, ".name: \"", config->models(i).name(), "\" is there already")));
    }
  }
  if (config->model_cache_mib() != 0) {
    status.Update(InRange("model_cache_mib", config->model_cache_mib(), kMaxCacheMib));
  }
  for (int i = 0; i < config->round_trips_size(); ++i) {
    v1::RoundTrip* route = config->mutable_round_trips(i);
    if (route->least_likeness() == 0) route->set_least_likeness(kDefaultLikeness);
    if (route->from().empty() || route->to().empty()) {
      status.Update(
          absl::InvalidArgumentError(StrCat("round_trips[", i, "]: from and to are required")));
    }
    if (!(route->least_likeness() > 0 && route->least_likeness() <= 1)) {
      status.Update(absl::InvalidArgumentError(StrCat("round_trips[", i,
                                                      "].least_likeness: ", route->least_likeness(),
                                                      " is not between 0 and 1")));
    }
  }
  // Written so that NaN is out of range too.
  const double margin = config->gate().lexicon_margin();
  if (!(margin >= -kMaxLexiconMargin && margin <= kMaxLexiconMargin)) {
    status.Update(
        absl::InvalidArgumentError(StrCat("gate.lexicon_margin: ", margin, " is not between ",
                                          -kMaxLexiconMargin, " and ", kMaxLexiconMargin)));
  }
  for (int i = 0; i < config->pivots_size(); ++i) {
    const v1::Pivot& pivot = config->pivots(i);
    if (pivot.from().empty() || pivot.via().empty() || pivot.to().empty()) {
      status.Update(
          absl::InvalidArgumentError(StrCat("pivots[", i, "]: from, via and to are all required")));
    }
  }
  return status;
}

std::string DefaultBookPath() {
  if (const char* path = std::getenv("SIGNALBOOK_BOOK"); path != nullptr && *path != '\0') {
    return path;
  }
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const std::filesystem::path folder = program.parent_path();
    for (const auto& path : {folder / "signalbook.book",
                             folder.parent_path() / "share" / "signalbook" / "signalbook.book"}) {
      if (std::filesystem::exists(path, error)) return path;
    }
  }
  return SIGNALBOOK_BUILT_BOOK;
}

}  // namespace signalbook
