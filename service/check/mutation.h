// Mutations: what networks, keyboards and other programs do to messages. Each is to be answered
// within the law.
//
// No book is needed: what is an emoji here is what ICU takes for one, or keeps free for one.
//
// Thread rule: one thread.
#ifndef SIGNALBOOK_SERVICE_CHECK_MUTATION_H_
#define SIGNALBOOK_SERVICE_CHECK_MUTATION_H_

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"

namespace signalbook::check {

// One way to disturb a message; in quotes, what ids call it.
enum class Mutation {
  // "truncate": the end cut off, at every code point.
  kTruncateCodePoint,
  // "bytes": the end cut off inside a character, which is expected to be an INVALID_UTF8 error.
  kTruncateByte,
  // "selectors": each U+FE0F and U+FE0E taken out or turned into the other; a U+FE0F put behind each
  // emoji character without one.
  kSelectors,
  // "indicators": one regional indicator more before, behind and between flags: odd runs.
  kIndicators,
  // "tags": tag sequences cut, without their end, on a wrong base or none; tags behind other emoji.
  kTags,
  // "joins": emoji joined with U+200D that are not joined in any version; a joiner at the edge, or
  // twice.
  kJoins,
  // "neighbours": each emoji beside a URL, a shortcode, right-to-left, CJK, a digit, a combining
  // mark.
  kNeighbours,
};

// "truncate" (both), "selectors", "indicators", "tags", "joins", "neighbours", "all";
// comma-separated. In the order of the enum, each once. InvalidArgument lists the names.
absl::StatusOr<std::vector<Mutation>> ParseMutations(std::string_view names);

// At most so many mutants of a kind: of a long message, some from all parts of it.
inline constexpr int kMaxMutants = 64;

// Each case of `source`, and behind it its mutants: the same request (and candidate) with another
// content, no expectations but the law (and INVALID_UTF8). Ids: the case's, "~selectors/3" behind.
// Bad lines pass.
// Every run makes the same mutants. None is empty, longer than the service takes, or the same as the
// message or another of its kind. A case that expects an error has none, since the same error may
// await them, and neither has one that is not UTF-8.
std::unique_ptr<CaseSource> Mutated(std::unique_ptr<CaseSource> source,
                                    std::vector<Mutation> mutations);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_MUTATION_H_
