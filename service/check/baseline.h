// What people have accepted: findings that are known, and the outputs of cases. A file in the repository, which
// `check` reads and only `accept` writes.
//
// TSV, sorted by its first four columns, "#" comments:
//
//   rule  locale  sequence  text_hash  output  by  on  reason  state
//
//   rule       of the finding, or "output": the translation of the case is the text in `output`
//   locale     the case's target language, as written there
//   sequence   CaseResult::sequence
//   text_hash  CaseResult::text_hash
//   output     "output" rows: the translation; \t \n \r \\ and \u{…} are escapes (invisible characters are written so)
//   by, on     who accepted it, and on what day (2026-11-27, UTC)
//   reason     why
//   state      "accepted"; "obsolete": no case met it when it was last accepted. It is kept for people to see, and
//              no longer counts.
#ifndef SIGNALBOOK_SERVICE_CHECK_BASELINE_H_
#define SIGNALBOOK_SERVICE_CHECK_BASELINE_H_

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"

namespace signalbook::check {

inline constexpr std::string_view kOutputRule = "output";

struct BaselineKey {
  std::string rule, locale, sequence, text_hash;
  auto operator<=>(const BaselineKey&) const = default;
};

struct BaselineRow {
  std::string output;
  std::string by, on, reason;
  bool obsolete = false;
  bool operator==(const BaselineRow&) const = default;
};

// What `accept` would do to a row.
struct BaselineChange {
  enum class Kind { kAdded, kChanged, kObsolete, kRevived };
  Kind kind = Kind::kAdded;
  BaselineKey key;
  std::string before, after;  // outputs
  std::string message;        // of the finding
  std::string file;           // of the case
  int64_t line = 0;
};

class Baseline {
 public:
  // An empty one when the file is empty. NotFound; InvalidArgument "path:line: …" for the first bad row.
  static absl::StatusOr<Baseline> Load(const std::string& path);
  static absl::StatusOr<Baseline> Parse(std::string_view text, std::string_view path);
  std::string ToText() const;  // what Parse reads; the same rows, the same bytes

  bool empty() const { return rows_.empty(); }
  size_t size() const { return rows_.size(); }

  // Takes out of `result` the findings that are accepted and counts them, and remembers which rows were met. Where
  // `outputs` is set: adds a finding of rule "output" where `output`, the translation, is not the accepted one or none
  // is accepted. Safe from many threads.
  void Apply(std::string_view output, bool outputs, CaseResult* result);

  // Rows that count and that no Apply has met, for people: "law/copy es 1F600 0123456789abcdef". A run that left cases
  // out can't tell.
  std::vector<std::string> Stale() const;

  // For `accept`: takes in what a case came to (all findings, before Apply). Changes nothing yet. One thread.
  void Observe(const CaseResult& result, std::string_view output, bool outputs);
  // What accepting all that was observed would change, by key. Rows that nothing met become obsolete.
  std::vector<BaselineChange> Changes() const;
  // Does it.
  void Accept(std::string_view by, std::string_view on, std::string_view reason);
  // Drops obsolete rows; says how many.
  size_t Prune();

 private:
  struct Observed {
    std::string output, message, file;
    int64_t line = 0;
  };
  std::map<BaselineKey, BaselineRow> rows_;
  std::map<BaselineKey, Observed> observed_;
  std::set<BaselineKey> met_;
  // Behind a pointer, so that a Baseline can be moved.
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
};

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_BASELINE_H_
