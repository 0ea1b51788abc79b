#include "service/check/accept_diff.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "service/check/case.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

using Kind = BaselineChange::Kind;

struct KindWord {
  Kind kind;
  std::string_view word;
};
constexpr std::array<KindWord, 4> kKinds = {{{Kind::kAdded, "added"},
                                             {Kind::kChanged, "changed"},
                                             {Kind::kRevived, "revived"},
                                             {Kind::kObsolete, "obsolete"}}};

std::string_view Word(Kind kind) {
  for (const KindWord& known : kKinds) {
    if (known.kind == kind) return known.word;
  }
  return "";
}

std::string Block(const BaselineChange& change) {
  std::string block;
  if (!change.file.empty()) block = StrCat(Visible(change.file), ":", change.line, ": ");
  block += StrCat(Word(change.kind), " ", KeyText(change.key), "\n");
  if (!change.message.empty()) block += StrCat("  ", Visible(change.message), "\n");
  // Which texts there are is not seen by whether they are empty: a translation may be.
  const bool was_output = change.key.rule == kOutputRule && change.kind != Kind::kAdded;
  if (was_output) block += StrCat("  - \"", Visible(change.before), "\"\n");
  if (change.kind != Kind::kObsolete) block += StrCat("  + \"", Visible(change.after), "\"\n");
  return block += '\n';
}

}  // namespace

std::string DiffText(const std::vector<BaselineChange>& changes, size_t most) {
  if (changes.empty()) return "nothing to accept\n";
  std::string text;
  const size_t shown = std::min(most, changes.size());
  for (size_t i = 0; i < shown; ++i) text += Block(changes[i]);
  if (shown < changes.size()) text += StrCat("and ", changes.size() - shown, " more\n\n");
  std::string counts;
  for (const KindWord& known : kKinds) {
    const auto count = std::count_if(changes.begin(), changes.end(),
                                     [&](const BaselineChange& c) { return c.kind == known.kind; });
    if (count > 0) counts += StrCat(counts.empty() ? "" : ", ", count, " ", known.word);
  }
  return text + counts + "\n";
}

}  // namespace signalbook::check
