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
//   output     "output" rows: the translation; others: empty
//   by, on     who accepted it, and on what day (2026-11-27, UTC)
//   reason     why
//   state      "accepted"; "obsolete": no case met it when `accept` last ran. It is kept for people to see, and
//              no longer counts, until `accept` meets it again.
//
// Cells are escaped (escape.h): invisible characters are written as code points.
//
// Cases with the same first four columns (one text in two corpora) share a row: each of them meets it. Where their
// translations differ all the same, the first of the run is the one that is accepted, and the others fail: no row can
// stand for two translations.
//
// A case that was not answered (a finding "answer/…") has no translation: its "output" row is neither judged nor
// changed, and does not become obsolete or stale.
//
// Thread rule: Apply from many threads; all else from one, while none is in Apply.
#ifndef SIGNALBOOK_SERVICE_CHECK_BASELINE_H_
#define SIGNALBOOK_SERVICE_CHECK_BASELINE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
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
  bool operator==(const BaselineKey&) const = default;
  bool operator<(const BaselineKey& other) const {
    return std::tie(rule, locale, sequence, text_hash) <
           std::tie(other.rule, other.locale, other.sequence, other.text_hash);
  }
};

// "law/copy es 1F600 0123456789abcdef", for people; what is empty is "-".
std::string KeyText(const BaselineKey& key);

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
  std::string before, after;  // translations
  std::string message;        // of the finding
  std::string file;           // of the case
  int64_t line = 0;
};

// Whether a file's text begins as ToText does: what stands in a folder of corpora and is none.
bool IsBaseline(std::string_view text);

class Baseline {
 public:
  // An empty one when the file is empty. NotFound; DataLoss when it can't be read; InvalidArgument
  // "path:line: …" for the first bad row.
  static absl::StatusOr<Baseline> Load(const std::string& path);
  static absl::StatusOr<Baseline> Parse(std::string_view text, std::string_view path);
  std::string ToText() const;  // what Parse reads; the same rows, the same bytes

  bool empty() const { return rows_.empty(); }
  size_t size() const { return rows_.size(); }

  // Takes out of `result` the findings that are accepted and counts them, and remembers which rows were met. Where
  // `outputs` is set: adds a finding of rule "output" where `output`, the translation, is not the accepted one or none
  // is accepted. Safe from many threads.
  void Apply(std::string_view output, bool outputs, CaseResult* result);

  // Rows that count and that no Apply has met, each as KeyText. "output" rows are among them only where an
  // Apply had `outputs` set. A run that left cases out can't tell.
  std::vector<std::string> Stale() const;

  // For `accept`: takes in what a case came to (all findings, before Apply), in the order of the run. Changes nothing
  // yet. One thread.
  void Observe(const CaseResult& result, std::string_view output, bool outputs);
  // What accepting all that was observed would change, by key. Rows that nothing met become obsolete; "output" rows
  // only where an Observe had `outputs` set. For findings, `after` is the translation that they were found in.
  std::vector<BaselineChange> Changes() const;
  // Does it. Rows that become obsolete keep who accepted them, when and why. Precondition: `by` and `reason` are not
  // empty, `on` is a day as above; Parse takes no other row.
  void Accept(std::string_view by, std::string_view on, std::string_view reason);
  // Drops obsolete rows; says how many.
  size_t Prune();

 private:
  struct Entry {
    BaselineRow row;
    bool met = false;         // by Apply; guarded by mutex_
    bool observed = false;    // by Observe
    bool unanswered = false;  // Observe saw its case without an answer
  };
  // What Observe saw that is no row yet, or that its row does not say.
  struct Observed {
    std::string output, message, file;
    int64_t line = 0;
  };
  void ObserveRow(BaselineKey key, Observed observed);

  std::map<BaselineKey, Entry> rows_;
  std::map<BaselineKey, Observed> observed_;
  bool outputs_applied_ = false;  // guarded by mutex_
  bool outputs_observed_ = false;
  // Behind a pointer, so that a Baseline can be moved.
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
};

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_BASELINE_H_
