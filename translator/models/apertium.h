// Apertium, the embedded default: rule-based translation by programs installed beside Signalbook.
//
// A process per call costs 170 ms and more, so each language pair keeps a few pipelines of programs
// running and talks to them by null flush: sentences go in and come out one by one, a NUL after
// each. A whole batch is written at once, so that the stages work side by side.
//
// What can go wrong, and what then happens:
//   * A program dies (a crash, the OOM killer). The answers that were on their way are used; all
//     other sentences go to a fresh pipeline, one at a time, so that a sentence that kills it is
//     known: that one is answered Unavailable, the others get their answers.
//   * A program hangs. At the deadline its process group is killed and never used again, so a late
//     answer has nobody to be taken for. Unanswered sentences get DeadlineExceeded.
//   * Answers get out of step (a stage answers twice, or half). Each carries the number of its
//     question, see apertium_format.h; a pipeline that breaks this is killed like one that died.
//   * The pair is installed but a program is missing, or one does not flush at NUL (known of some
//     taggers): the question every new pipeline is asked first goes unanswered: Unavailable.
//
// Known limit: apertium-tagger remembers ambiguity classes it meets, so a pipeline's answer to the
// same sentence may differ before and after others (9 of 1,000 Tatoeba sentences did). Answers are
// candidates; nothing may rely on getting the same one twice.
//
// GPL programs run as programs: nothing of Apertium is linked.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/model.h"

namespace signalbook {

class ApertiumEngine;
struct ApertiumMode;

struct ApertiumOptions {
  // Where the `*.mode` files are. A missing directory is an installation without pairs.
  std::string modes_directory = "/usr/share/apertium/modes";

  // dpkg's database, read once for the versions of the pairs; may be missing.
  std::string dpkg_status = "/var/lib/dpkg/status";

  // Pipelines per language pair, started when first needed, then kept. One translates 700 (single
  // sentences) to 1,500 (batches) sentences a second, on one core or two, in 115 MB.
  int pipelines_per_pair = 2;

  // Requests of one pair that may wait for a pipeline; those beyond are Unavailable at once.
  int max_waiting = 64;

  // How long a new pipeline may take to load its data and answer a first question. Not the caller's
  // wait: a request whose own deadline is shorter leaves the pipeline to get ready for the next.
  absl::Duration start_timeout = absl::Seconds(10);
};

class ApertiumModel final : public Model {
 public:
  // Looks at what is installed; starts nothing. InvalidArgument when an option is not positive.
  static absl::StatusOr<std::unique_ptr<ApertiumModel>> Create(const ApertiumOptions& options);

  // No Translate() may be running. Leaves no process behind.
  ~ApertiumModel() override;

  // As model.h says. InvalidArgument for a sentence that is not UTF-8 or holds U+FFFF.
  // Candidates keep the engine's marks of unknown words (`*Ana`).
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

  struct Pair {
    std::string source_locale;  // BCP 47
    std::string target_locale;
    bool operator==(const Pair&) const = default;
  };
  // The pairs installed, by mode name: {es, en-US} and {es, en} are two.
  std::vector<Pair> pairs() const;

  // Process ids of the pipelines waiting for work. For tests and diagnostics.
  std::vector<pid_t> idle_pids() const;

 private:
  ApertiumModel();

  std::vector<ApertiumMode> modes_;
  std::vector<std::unique_ptr<ApertiumEngine>> engines_;  // one a mode, same order
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_APERTIUM_H_
