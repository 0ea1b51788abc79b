#include "translator/segment.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <bitset>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

constexpr std::string_view kTextSelector = "\uFE0E";

// Letters of many scripts make large automata; 64 MiB is a bound, not a need.
constexpr int64_t kMaxAutomatonBytes = int64_t{64} << 20;

RE2::Options PatternOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxAutomatonBytes);
  return options;
}

absl::Status CheckRule(const ProtectedRule& rule) {
  const auto reject = [&rule](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("protected rule '", rule.name, "': ", why));
  };
  const RE2 pattern(rule.pattern, PatternOptions());
  if (!pattern.ok()) return reject(pattern.error());
  if (pattern.NumberOfCapturingGroups() > 1) return reject("more than one capturing group");
  if (RE2::PartialMatch("", pattern)) return reject("matches the empty string");
  return absl::OkStatus();
}

// Characters of which every match of any rule has at least one; nullopt when there are no such.
//
// RE2 tells which strings ("atoms") a pattern cannot do without, and which patterns may match a text
// that has given atoms. A set of characters is a sound filter if no pattern may match a text that has just
// the atoms without any of these characters.
std::optional<std::set<char32_t>> TriggersOf(const std::vector<ProtectedRule>& rules) {
  std::set<char32_t> triggers;
  if (rules.empty()) return triggers;
  re2::FilteredRE2 filter(/*min_atom_len=*/1);
  for (const ProtectedRule& rule : rules) {
    int id = 0;
    filter.Add(rule.pattern, PatternOptions(), &id);
  }
  std::vector<std::string> atoms;
  filter.Compile(&atoms);
  std::vector<std::set<char32_t>> characters(atoms.size());
  for (size_t i = 0; i < atoms.size(); ++i) {
    for (size_t at = 0; at < atoms[i].size();) {
      const DecodedCodePoint c = DecodeUtf8(atoms[i], at);
      characters[i].insert(c.value);
      at = c.end;
    }
  }
  const auto is_sound = [&] {
    std::vector<int> unseen;
    for (size_t i = 0; i < atoms.size(); ++i) {
      const bool seen = std::any_of(characters[i].begin(), characters[i].end(),
                                    [&](char32_t c) { return triggers.contains(c); });
      if (!seen) unseen.push_back(static_cast<int>(i));
    }
    std::vector<int> possible;
    filter.AllPotentials(unseen, &possible);
    return possible.empty();
  };

  // Atoms are in lower case, so what has case may look different in the text.
  for (const std::set<char32_t>& atom : characters) {
    for (const char32_t c : atom) {
      if (!u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_CHANGES_WHEN_CASEMAPPED)) {
        triggers.insert(c);
      }
    }
  }
  if (!is_sound()) return std::nullopt;

  // Fewer characters, fewer false alarms: leave out what can be left out, what chat is full of first.
  std::u32string order = U"0123456789.,!?:'-()";
  order.append(triggers.begin(), triggers.end());
  for (const char32_t c : order) {
    if (triggers.erase(c) > 0 && !is_sound()) triggers.insert(c);
  }
  return triggers;
}

// Cuts `span` back so that it neither begins nor ends inside a cluster, nor between a character and
// the U+FE0E that makes it text: without its selector ⌚ is an emoji again. `cluster` is the first one
// that ends behind span.begin; `end` the last one.
template <typename Iterator>
ByteRange OutsideClusters(std::string_view text, ByteRange span, Iterator cluster, Iterator end) {
  if (cluster != end && cluster->range.begin < span.begin) {
    span.begin = std::min(cluster->range.end, span.end);
  } else if (span.of(text).starts_with(kTextSelector)) {
    span.begin += kTextSelector.size();
  }
  for (; cluster != end && cluster->range.begin < span.end; ++cluster) {
    if (cluster->range.end > span.end) {
      span.end = std::max(cluster->range.begin, span.begin);
      break;
    }
  }
  if (span.empty()) return span;
  const bool before_cluster = cluster != end && cluster->range.begin == span.end;
  if (!before_cluster && text.substr(span.end).starts_with(kTextSelector)) {
    do {
      --span.end;
    } while (span.end > span.begin && (text[span.end] & 0xC0) == 0x80);
  }
  return span;
}

// Prose, but for the characters that U+FE0E makes text: models do not keep the selector, and without it
// they are emoji.
void AddProse(std::string_view text, ByteRange range, std::vector<Segment>* segments) {
  constexpr std::string_view kKeycapMark = "\u20E3";
  while (!range.empty()) {
    const std::string_view prose = range.of(text);
    const size_t selector = prose.find(kTextSelector);
    size_t begin = selector;
    if (selector == 0 || selector == prose.npos) {
      segments->push_back({.range = range});
      return;
    }
    do {
      --begin;
    } while (begin > 0 && (prose[begin] & 0xC0) == 0x80);
    size_t end = selector + kTextSelector.size();
    if (prose.substr(end).starts_with(kKeycapMark)) end += kKeycapMark.size();
    if (begin > 0) segments->push_back({.range = {range.begin, range.begin + begin}});
    segments->push_back({.range = {range.begin + begin, range.begin + end},
                         .kind = SegmentKind::kProtected,
                         .rule = kTextStyleRule});
    range.begin += end;
  }
}

}  // namespace

std::string_view Protector::RuleName(int rule) const {
  return rule == kTextStyleRule ? "text_style" : std::string_view(rules_[rule].name);
}

Protector::Protector() = default;
Protector::Protector(Protector&&) noexcept = default;
Protector& Protector::operator=(Protector&&) noexcept = default;
Protector::~Protector() = default;

absl::StatusOr<Protector> Protector::Create(std::vector<ProtectedRule> rules) {
  // One group per rule, so that group i + 1 is the span of rule i.
  std::string combined;
  for (const ProtectedRule& rule : rules) {
    if (absl::Status status = CheckRule(rule); !status.ok()) return status;
    const bool has_group = RE2(rule.pattern, PatternOptions()).NumberOfCapturingGroups() == 1;
    absl::StrAppend(&combined, combined.empty() ? "" : "|", has_group ? "(?:" : "(", rule.pattern,
                    ")");
  }
  Protector protector;
  std::bitset<256> leads;
  if (const std::optional<std::set<char32_t>> triggers = TriggersOf(rules)) {
    for (const char32_t c : *triggers) {
      leads.set(static_cast<uint8_t>(ToUtf8({&c, 1}).front()));
      if (c >= 0x80) protector.triggers_.push_back(c);
    }
  } else {
    protector.all_may_match_ = true;
  }
  protector.leads_ = ByteSet(leads);
  protector.rules_ = std::move(rules);
  protector.program_ = std::make_unique<RE2>(combined, PatternOptions());
  if (!protector.program_->ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("protected rules together: ", protector.program_->error()));
  }
  return protector;
}

bool Protector::MayMatch(std::string_view text) const {
  if (all_may_match_) return true;
  for (size_t at = 0; (at = leads_.Find(text, at)) < text.size();) {
    const DecodedCodePoint c = DecodeUtf8(text, at);
    if (c.value < 0x80) return true;
    if (std::find(triggers_.begin(), triggers_.end(), c.value) != triggers_.end()) return true;
    at = c.end;
  }
  return false;
}

std::vector<Protector::Span> Protector::Find(std::string_view text) const {
  std::vector<Span> spans;
  if (!MayMatch(text)) return spans;

  const re2::StringPiece subject(text.data(), text.size());
  std::vector<re2::StringPiece> groups(1 + rules_.size());
  size_t at = 0;
  while (at < text.size() && program_->Match(subject, at, text.size(), RE2::UNANCHORED,
                                             groups.data(), static_cast<int>(groups.size()))) {
    const auto matched = std::find_if(groups.begin() + 1, groups.end(),
                                      [](re2::StringPiece group) { return !group.empty(); });
    // A pattern may still match nothing at a word boundary; it protects nothing there.
    if (matched == groups.end()) {
      const size_t begin = groups[0].data() - text.data();
      at = begin < text.size() ? DecodeUtf8(text, begin).end : begin;
      continue;
    }
    const size_t begin = matched->data() - text.data();
    spans.push_back(
        {{begin, begin + matched->size()}, static_cast<int>(matched - groups.begin()) - 1});
    // Not the end of the match: what is context behind this span may be context before the next.
    at = spans.back().range.end;
  }
  return spans;
}

std::vector<Segment> SegmentText(std::string_view text, const EmojiTable& table,
                                 const Protector& protector) {
  // Kept by each thread, so that a message costs no memory that it does not keep itself.
  thread_local std::vector<EmojiCluster> clusters;
  clusters.clear();
  FindEmoji(text, table, &clusters);
  const std::vector<Protector::Span> spans = protector.Find(text);

  std::vector<Segment> segments;
  segments.reserve(2 * (clusters.size() + spans.size()) + 1);
  size_t done = 0;
  const auto add = [&](Segment segment) {
    AddProse(text, {done, segment.range.begin}, &segments);
    done = segment.range.end;
    segments.push_back(segment);
  };

  auto cluster = clusters.cbegin();
  const auto add_clusters_before = [&](size_t offset) {
    for (; cluster != clusters.cend() && cluster->range.end <= offset; ++cluster) {
      add({.range = cluster->range, .kind = SegmentKind::kEmoji, .emoji = *cluster});
    }
  };
  for (const Protector::Span& span : spans) {
    add_clusters_before(span.range.begin);
    const ByteRange range = OutsideClusters(text, span.range, cluster, clusters.cend());
    if (range.empty()) continue;
    add_clusters_before(range.begin);
    add({.range = range, .kind = SegmentKind::kProtected, .rule = span.rule});
    while (cluster != clusters.cend() && cluster->range.end <= range.end) ++cluster;
  }
  add_clusters_before(text.size());
  AddProse(text, {done, text.size()}, &segments);
  return segments;
}

}  // namespace signalbook
