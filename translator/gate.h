// Stage 5: the gate. Default-deny: a model's candidate leaves only if every check licenses it.
//
// The gate sees one sentence's prose as the model was given it and the candidate, both without
// markers (a space stands where one was). Each check is one file-local function and one row of the
// list in gate.cc, in the order cheapest and surest first; the first that objects decides. What a
// moderator may want to change (guard patterns) comes from the book.
//
// Thread rule: immutable after Create, safe from many threads. Cost: linear in both texts (RE2).
#ifndef SIGNALBOOK_TRANSLATOR_GATE_H_
#define SIGNALBOOK_TRANSLATOR_GATE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/book.h"
#include "translator/segment.h"
#include "translator/text.h"

namespace signalbook {

struct GateInput {
  std::string_view source;     // NFC
  std::string_view candidate;  // anything at all, invalid UTF-8 included
  LocaleId source_locale = kRootLocale;
  LocaleId target_locale = kRootLocale;
};

// What one check saw. For `explain`.
struct CheckResult {
  std::string_view check;          // "numbers"
  std::optional<Refusal> refusal;  // nullopt: no objection
};

class Gate {
 public:
  // Compiles the guard patterns of `book`, which the gate keeps. InvalidArgument names the row that
  // does not compile.
  static absl::StatusOr<std::unique_ptr<const Gate>> Create(
      std::shared_ptr<const Book> book, std::shared_ptr<const Protector> protector);
  ~Gate();

  // nullopt: licensed. Otherwise why not; `detail` never holds text of either side.
  std::optional<Refusal> Judge(const GateInput& input) const;
  // Every check, whether or not an earlier one refused (except that the checks behind "text" do not
  // run on what is not valid text).
  std::vector<CheckResult> Explain(const GateInput& input) const;

 private:
  Gate();
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_GATE_H_
