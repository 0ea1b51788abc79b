// What a server did, as numbers for Prometheus. Labels come from closed lists: methods, codes, verdicts,
// licences, reasons, the clients of the configuration. Nothing of any message, and no name of any person.
//
//   signalbook_calls_total{method,code}              answered calls, by gRPC's code
//   signalbook_call_duration_seconds{method}         from the first byte of a request to its answer
//   signalbook_messages_total{verdict}               translated messages
//   signalbook_pieces_total{kind,licence}            what their translations are made of
//   signalbook_refusals_total{reason}                pieces that were refused
//   and what a server adds: calls under way, the queue for models, the revision, calls of each client …
//
// Thread rule: counting is safe from many threads and takes no lock; a scrape adds up what every thread
// counted. Methods and gauges are added before anything is counted.
#ifndef SIGNALBOOK_SERVICE_METRICS_H_
#define SIGNALBOOK_SERVICE_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "signalbook/v1/translation.pb.h"

namespace prometheus {
class Exposer;
}  // namespace prometheus

namespace signalbook {

class Metrics final : public prometheus::Collectable {
 public:
  static constexpr size_t kMaxMethods = 64;
  using Labels = std::vector<std::pair<std::string, std::string>>;

  Metrics();
  ~Metrics() override;

  // A method that calls are counted for; at most kMaxMethods.
  int AddMethod(std::string name);
  // Numbers of one name that are asked for at every scrape; labels tell them apart. `values` must not block for
  // long.
  struct Value {
    Labels labels;
    double value = 0;
  };
  void AddGauge(std::string name, std::string help, std::function<std::vector<Value>()> values);
  // The same of numbers that only grow.
  void AddCounter(std::string name, std::string help, std::function<std::vector<Value>()> values);

  void CountCall(int method, absl::StatusCode code, absl::Duration took);
  void CountTranslations(const v1::TranslateTextResponse& response);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  using Count = std::atomic<uint64_t>;
  struct Part;
  struct Asked {
    prometheus::MetricType type;
    std::string name;
    std::string help;
    std::function<std::vector<Value>()> values;
  };
  static constexpr size_t kParts = 8;

  Part& OwnPart();
  // The same count of all parts.
  uint64_t Sum(const std::function<const Count&(const Part&)>& count) const;

  std::vector<std::string> methods_;
  std::vector<Asked> asked_;
  const std::unique_ptr<std::array<Part, kParts>> parts_;
};

// Serves GET /metrics over HTTP, in Prometheus' text format, on an address of its own.
class MetricsServer {
 public:
  //   InvalidArgument   `address` is no HOST:PORT
  //   Unavailable       it cannot be listened on
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(
      const std::string& address, const std::shared_ptr<Metrics>& metrics);
  ~MetricsServer();

  // "http://127.0.0.1:9464/metrics", with the port that was bound.
  const std::string& url() const { return url_; }

 private:
  MetricsServer(std::unique_ptr<prometheus::Exposer> exposer, std::string url);

  const std::unique_ptr<prometheus::Exposer> exposer_;
  const std::string url_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_METRICS_H_
