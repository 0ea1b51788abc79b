#include "service/metrics.h"

#include <prometheus/exposer.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <thread>

#include "absl/strings/ascii.h"
#include "service/loopback.h"
#include "service/strings.h"

namespace signalbook {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr size_t kCodes = 17;  // gRPC's, OK to UNAUTHENTICATED
constexpr const char* kCodeNames[kCodes] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

// Upper bounds in seconds: from an emoji that needs no model to a model at its deadline.
constexpr double kBounds[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                              0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
constexpr size_t kBuckets = std::size(kBounds) + 1;  // and what takes longer

// "VERDICT_PARTLY_REFUSED" → "partly_refused".
std::string LabelOf(const std::string& name, std::string_view prefix) {
  return absl::AsciiStrToLower(name.substr(prefix.size()));
}

ClientMetric Labelled(const Metrics::Labels& labels) {
  ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

MetricFamily Family(std::string name, std::string help, MetricType type) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  return family;
}

void AppendCounter(uint64_t count, const Metrics::Labels& labels, MetricFamily* family) {
  ClientMetric& metric = family->metric.emplace_back(Labelled(labels));
  metric.counter.value = static_cast<double>(count);
}

}  // namespace

// What some of the threads counted. Of its own cache lines, so that they don't wait for each other.
struct alignas(64) Metrics::Part {
  struct Method {
    Count codes[kCodes] = {};
    Count buckets[kBuckets] = {};
    Count nanoseconds = 0;
  };
  Method methods[kMaxMethods];
  Count verdicts[v1::Verdict_ARRAYSIZE] = {};
  Count pieces[v1::Kind_ARRAYSIZE][v1::Licence_ARRAYSIZE] = {};
  Count reasons[v1::Reason_ARRAYSIZE] = {};
};

Metrics::Metrics() : parts_(std::make_unique<std::array<Part, kParts>>()) {}
Metrics::~Metrics() = default;

int Metrics::AddMethod(std::string name) {
  methods_.push_back(std::move(name));
  return static_cast<int>(methods_.size()) - 1;
}

void Metrics::AddGauge(std::string name, std::string help,
                       std::function<std::vector<Value>()> values) {
  asked_.push_back({MetricType::Gauge, std::move(name), std::move(help), std::move(values)});
}

void Metrics::AddCounter(std::string name, std::string help,
                         std::function<std::vector<Value>()> values) {
  asked_.push_back({MetricType::Counter, std::move(name), std::move(help), std::move(values)});
}

Metrics::Part& Metrics::OwnPart() {
  static thread_local const size_t index =
      std::hash<std::thread::id>()(std::this_thread::get_id()) % kParts;
  return (*parts_)[index];
}

uint64_t Metrics::Sum(const std::function<const Count&(const Part&)>& count) const {
  uint64_t sum = 0;
  for (const Part& part : *parts_) sum += count(part).load(std::memory_order_relaxed);
  return sum;
}

void Metrics::CountCall(int method, absl::StatusCode code, absl::Duration took) {
  Part::Method& counts = OwnPart().methods[method];
  const size_t row = std::min(static_cast<size_t>(code), kCodes - 1);
  const double* bound =
      std::lower_bound(std::begin(kBounds), std::end(kBounds), absl::ToDoubleSeconds(took));
  counts.codes[row].fetch_add(1, std::memory_order_relaxed);
  counts.buckets[bound - std::begin(kBounds)].fetch_add(1, std::memory_order_relaxed);
  // A clock that was set back must not take away what was counted.
  const int64_t nanoseconds = std::max<int64_t>(0, absl::ToInt64Nanoseconds(took));
  counts.nanoseconds.fetch_add(static_cast<uint64_t>(nanoseconds), std::memory_order_relaxed);
}

void Metrics::CountTranslations(const v1::TranslateTextResponse& response) {
  Part& part = OwnPart();
  for (const v1::Translation& translation : response.translations()) {
    part.verdicts[translation.verdict()].fetch_add(1, std::memory_order_relaxed);
    for (const v1::Piece& piece : translation.pieces()) {
      part.pieces[piece.kind()][piece.licence()].fetch_add(1, std::memory_order_relaxed);
      if (!piece.has_refusal()) continue;
      part.reasons[piece.refusal().reason()].fetch_add(1, std::memory_order_relaxed);
    }
  }
}

std::vector<MetricFamily> Metrics::Collect() const {
  std::vector<MetricFamily> families;

  MetricFamily calls =
      Family("signalbook_calls_total", "Answered calls by gRPC code", MetricType::Counter);
  MetricFamily durations = Family("signalbook_call_duration_seconds",
                                  "Time from a request to its answer", MetricType::Histogram);
  for (size_t m = 0; m < methods_.size(); ++m) {
    uint64_t answered = 0;
    for (size_t code = 0; code < kCodes; ++code) {
      const uint64_t count =
          Sum([&](const Part& part) -> const Count& { return part.methods[m].codes[code]; });
      answered += count;
      // OK from the start, so that a rate exists before the first call; other codes once they happen.
      if (count == 0 && code != 0) continue;
      AppendCounter(count, {{"method", methods_[m]}, {"code", kCodeNames[code]}}, &calls);
    }
    if (answered == 0) continue;
    ClientMetric& metric = durations.metric.emplace_back(Labelled({{"method", methods_[m]}}));
    uint64_t cumulative = 0;
    for (size_t b = 0; b < kBuckets; ++b) {
      cumulative +=
          Sum([&](const Part& part) -> const Count& { return part.methods[m].buckets[b]; });
      metric.histogram.bucket.push_back(
          {cumulative,
           b < std::size(kBounds) ? kBounds[b] : std::numeric_limits<double>::infinity()});
    }
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum =
        1e-9 * static_cast<double>(Sum(
                   [&](const Part& part) -> const Count& { return part.methods[m].nanoseconds; }));
  }
  families.push_back(std::move(calls));
  families.push_back(std::move(durations));

  MetricFamily& messages = families.emplace_back(
      Family("signalbook_messages_total", "Translated messages by verdict", MetricType::Counter));
  for (int i = 1; i < v1::Verdict_ARRAYSIZE; ++i) {
    AppendCounter(Sum([&](const Part& part) -> const Count& { return part.verdicts[i]; }),
                  {{"verdict", LabelOf(v1::Verdict_Name(i), "VERDICT_")}}, &messages);
  }
  MetricFamily& pieces = families.emplace_back(Family("signalbook_pieces_total",
                                                      "Pieces of translations by kind and licence",
                                                      MetricType::Counter));
  for (int kind = 1; kind < v1::Kind_ARRAYSIZE; ++kind) {
    for (int licence = 1; licence < v1::Licence_ARRAYSIZE; ++licence) {
      AppendCounter(
          Sum([&](const Part& part) -> const Count& { return part.pieces[kind][licence]; }),
          {{"kind", LabelOf(v1::Kind_Name(kind), "KIND_")},
           {"licence", LabelOf(v1::Licence_Name(licence), "LICENCE_")}},
          &pieces);
    }
  }
  MetricFamily& refusals = families.emplace_back(
      Family("signalbook_refusals_total", "Refused pieces by reason", MetricType::Counter));
  for (int i = 1; i < v1::Reason_ARRAYSIZE; ++i) {
    if (!v1::Reason_IsValid(i)) continue;
    AppendCounter(Sum([&](const Part& part) -> const Count& { return part.reasons[i]; }),
                  {{"reason", LabelOf(v1::Reason_Name(i), "REASON_")}}, &refusals);
  }

  for (const Asked& asked : asked_) {
    MetricFamily& family = families.emplace_back(Family(asked.name, asked.help, asked.type));
    for (const Value& value : asked.values()) {
      ClientMetric& metric = family.metric.emplace_back(Labelled(value.labels));
      (asked.type == MetricType::Gauge ? metric.gauge.value : metric.counter.value) = value.value;
    }
  }
  return families;
}

MetricsServer::MetricsServer(std::unique_ptr<prometheus::Exposer> exposer, std::string url)
    : exposer_(std::move(exposer)), url_(std::move(url)) {}

MetricsServer::~MetricsServer() = default;

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(
    const std::string& address, const std::shared_ptr<Metrics>& metrics) {
  if (IsUnix(address) || address.find(':') == std::string::npos) {
    return absl::InvalidArgumentError(StrCat("metrics: \"", address, "\" is not HOST:PORT"));
  }
  const std::string host(HostOf(address));
  // The library wants numbers for addresses.
  const std::string bound =
      host == "localhost" ? StrCat("127.0.0.1", address.substr(host.size())) : address;
  std::unique_ptr<prometheus::Exposer> exposer;
  try {  // the library reports by exception; none leaves this function
    exposer = std::make_unique<prometheus::Exposer>(bound);
    exposer->RegisterCollectable(metrics);
  } catch (const std::exception&) {
    return absl::UnavailableError(StrCat("metrics: cannot listen on ", address,
                                         ": in use, or not an address of this machine"));
  }
  const std::vector<int> ports = exposer->GetListeningPorts();
  const std::string url =
      StrCat("http://", host, ":", ports.empty() ? 0 : ports.front(), "/metrics");
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(exposer), url));
}

}  // namespace signalbook
