// The nouns of `signalbook check`: a case, what is found wrong with its answer, a run.
//
//   corpus files ─┐
//   generators  ──┴─ CaseSource ─ Case ─ Subject ─ Answer ─ Judge ─ Findings ─ Baseline ─ CaseResult ─ ReportWriters
//
// check.cc shows this flow; each stage is a file pair.
//
// Thread rule: values.
#ifndef SIGNALBOOK_SERVICE_CHECK_CASE_H_
#define SIGNALBOOK_SERVICE_CHECK_CASE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "signalbook/v1/translation.pb.h"

namespace signalbook::check {

// A piece as a case expects it. What is left out is not compared.
struct ExpectedPiece {
  std::optional<std::string> text;  // its bytes in the translation
  std::optional<v1::Licence> licence;
  std::optional<v1::Kind> kind;
  std::optional<v1::Reason> reason;  // of its refusal
  std::optional<std::string> key;    // of its entry
};

// What is expected of an answer, beside the law. Empty: the law alone.
struct Expectations {
  std::optional<std::string> text;        // the translation, exactly, in NFC
  std::vector<std::string> contains;      // each stands in it
  std::vector<std::string> not_contains;  // none stands in it, in whatever case of letters
  std::vector<ExpectedPiece> pieces;      // joins (PLACEMENT_JOIN) left out, all others in order
  std::optional<v1::Verdict> verdict;
  std::vector<v1::Reason> reasons;      // some piece is refused for each of them …
  std::vector<std::string> rules;       // … and by each of these rules
  std::optional<bool> emoji_preserved;  // the same emoji in the same order as in the message
  std::optional<std::string> error;     // no answer: an error of this reason ("INVALID_UTF8")

  bool empty() const;
};

// A message, how to translate it, and what is expected of the answer.
struct Case {
  std::string id;  // unique within a run, stable from run to run
  std::string
      file;  // the corpus it stands in, as named on the command line; generators: their name
  int64_t line = 0;  // in that file, from 1; 0: generated
  // One content; languages, modes, dialects, market, policy.
  v1::TranslateTextRequest request;
  // What a model answers to each sentence, where the subject is asked in this process; no engine is asked
  // then.
  std::optional<std::string> candidate;
  Expectations expect;
  std::string origin;  // where the case is known from: a URL, for people
};

// A line of a corpus that is no case.
struct BadLine {
  std::string file;
  int64_t line = 0;
  std::string what;  // what is wrong and what to do
};

using CaseOrBadLine = std::variant<Case, BadLine>;

// A stream of cases, in an order that is the same in every run. One thread.
class CaseSource {
 public:
  virtual ~CaseSource() = default;
  // nullopt at the end. Memory does not grow with the length of the stream.
  virtual std::optional<CaseOrBadLine> Next() = 0;
  // How far it is, 0 to 1, for a progress line; negative where nobody knows.
  virtual double progress() const { return -1; }
};

// Something wrong with an answer.
struct Finding {
  // What was broken; the list is in judge.h: "law/copy", "expect/text", "gate/GUARDED_CONCEPT".
  std::string rule;
  std::string message;   // one line, for people
  std::string expected;  // texts to be shown one above the other; may be empty
  std::string actual;
};

// How one case ended.
struct CaseResult {
  int64_t index = 0;  // of the case among all of the run, from 0, whatever shard it ran in
  std::string id;
  std::string file;
  int64_t line = 0;
  std::string from;  // "" when the case left it to detection
  std::string to;
  std::string mode;       // "keep", "name", "both"
  std::string sequence;   // keys of the emoji in the message, " " between: "1F1E8-1F1E6 1F600"
  std::string text_hash;  // TextHash of the request
  // Filled where there are findings, else empty: they are what a report shows.
  std::string source;
  std::string output;
  std::string origin;
  std::vector<Finding> findings;  // none: it passed
  int accepted = 0;               // findings that the baseline accepts, left out of `findings`

  bool passed() const { return findings.empty(); }
};

// What a run came to.
struct RunSummary {
  std::string subject;  // who answered, for people
  std::string book;     // "signalbook 0.1.0 1a2b3c…": the book that answered; empty if unknown
  int64_t passed = 0;
  int64_t failed = 0;
  int64_t accepted = 0;  // findings
  int64_t bad_lines = 0;
  int64_t left_out = 0;            // cases of other shards, or that --only does not name
  bool stopped_early = false;      // --fail-fast, --max-failures
  std::vector<std::string> stale;  // rows of the baseline that no finding met, for people
  double seconds = 0;              // not in reports that must be the same every time
};

// "🇨🇦" → "🇨🇦 [U+1F1E8 U+1F1E6]": `text` with the code points of what a person can't tell by looking (emoji,
// invisible characters, combining ones that belong to no script) in brackets behind each run of them; of bidi
// controls the code points alone, as they would turn the line around; control characters and bytes that are not
// UTF-8 are shown as escapes: "\x1B", "\xFF". Holds no line breaks. For reports.
std::string Visible(std::string_view text);

// 16 hexadecimal digits that stand for the content and all options of the request but the target language.
std::string TextHash(const v1::TranslateTextRequest& request);

// "keep" ↔ EMOJI_MODE_KEEP; UNSPECIFIED is "keep".
std::string_view ModeName(v1::EmojiMode mode);
std::optional<v1::EmojiMode> ParseMode(std::string_view name);  // keep, name, both

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_CASE_H_
