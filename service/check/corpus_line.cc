#include "service/check/corpus_line.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "service/strings.h"
#include "translator/normalize.h"

namespace signalbook::check {
namespace {

constexpr size_t kLongestQuoted = 80;  // bytes

// "VERDICT_" of VERDICT_UNSPECIFIED, which every enum of ours begins with.
std::string_view PrefixOf(const google::protobuf::EnumDescriptor& type) {
  constexpr std::string_view kUnspecified = "UNSPECIFIED";
  std::string_view prefix = type.value(0)->name();
  prefix.remove_suffix(kUnspecified.size());
  return prefix;
}

absl::Status NoneOf(std::string_view field, std::string_view word,
                    const std::vector<std::string_view>& known) {
  return BadValue(StrCat(Quoted(field), ": ", Quoted(word), " is not one of ",
                         absl::AsciiStrToLower(Listed(known))));
}

absl::Status IsEmpty(const Field& field) {
  return BadValue(StrCat(Quoted(field.name), " is empty; leave it out"));
}

absl::Status HoldsEmpty(const Field& field) {
  return BadValue(StrCat(Quoted(field.name), " holds an empty text; leave that out"));
}

bool HasEmpty(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), [](const std::string& t) { return t.empty(); });
}

absl::Status SetId(const Field& field, FieldValue&& value, CorpusLine* line) {
  std::string& id = value.texts[0];
  if (id.empty()) return IsEmpty(field);
  if (std::any_of(id.begin(), id.end(), [](char c) { return absl::ascii_iscntrl(c); })) {
    return BadValue(StrCat(Quoted(field.name), ": ", Quoted(id), " has a control character"));
  }
  line->id = std::move(id);
  return absl::OkStatus();
}

absl::Status SetTo(const Field& field, FieldValue&& value, CorpusLine* line) {
  if (value.texts.empty() || HasEmpty(value.texts)) return IsEmpty(field);
  std::set<std::string_view> seen;
  for (const std::string& language : value.texts) {
    if (seen.insert(language).second) continue;
    return BadValue(StrCat(Quoted(field.name), " names ", Quoted(language), " twice"));
  }
  line->to = std::move(value.texts);
  return absl::OkStatus();
}

absl::Status SetMode(const Field& field, FieldValue&& value, CorpusLine* line) {
  const std::string& word = value.texts[0];
  line->mode = ParseMode(absl::AsciiStrToLower(word));
  if (line->mode) return absl::OkStatus();
  std::vector<std::string_view> known;
  const google::protobuf::EnumDescriptor& modes = *v1::EmojiMode_descriptor();
  for (int i = 1; i < modes.value_count(); ++i) {
    known.push_back(ModeName(static_cast<v1::EmojiMode>(modes.value(i)->number())));
  }
  return NoneOf(field.name, word, known);
}

absl::Status SetPolicy(const Field& field, FieldValue&& value, CorpusLine* line) {
  const absl::StatusOr<v1::Policy> policy = ParseEnum<v1::Policy>(field.name, value.texts[0]);
  if (policy.ok()) line->policy = *policy;
  return policy.status();
}

absl::Status SetVerdict(const Field& field, FieldValue&& value, CorpusLine* line) {
  const absl::StatusOr<v1::Verdict> verdict = ParseEnum<v1::Verdict>(field.name, value.texts[0]);
  if (verdict.ok()) line->expect.verdict = *verdict;
  return verdict.status();
}

absl::Status SetReasons(const Field& field, FieldValue&& value, CorpusLine* line) {
  for (const std::string& word : value.texts) {
    const absl::StatusOr<v1::Reason> reason = ParseEnum<v1::Reason>(field.name, word);
    if (!reason.ok()) return reason.status();
    line->expect.reasons.push_back(*reason);
  }
  return absl::OkStatus();
}

template <std::optional<std::string> CorpusLine::*member>
absl::Status SetText(const Field&, FieldValue&& value, CorpusLine* line) {
  line->*member = std::move(value.texts[0]);
  return absl::OkStatus();
}

absl::Status SetOrigin(const Field&, FieldValue&& value, CorpusLine* line) {
  line->origin = std::move(value.texts[0]);
  return absl::OkStatus();
}

absl::Status SetDialects(const Field& field, FieldValue&& value, CorpusLine* line) {
  if (HasEmpty(value.texts)) return HoldsEmpty(field);
  line->dialects = std::move(value.texts);
  return absl::OkStatus();
}

absl::Status SetExpectedText(const Field&, FieldValue&& value, CorpusLine* line) {
  line->expect.text = ToNfc(value.texts[0]);
  return absl::OkStatus();
}

// An empty text stands in every translation: it would never be found missing, and always be found.
template <std::vector<std::string> Expectations::*member>
absl::Status SetExpectedTexts(const Field& field, FieldValue&& value, CorpusLine* line) {
  if (HasEmpty(value.texts)) return HoldsEmpty(field);
  for (const std::string& text : value.texts) (line->expect.*member).push_back(ToNfc(text));
  return absl::OkStatus();
}

absl::Status SetEmojiPreserved(const Field&, FieldValue&& value, CorpusLine* line) {
  line->expect.emoji_preserved = value.flag;
  return absl::OkStatus();
}

absl::Status SetError(const Field& field, FieldValue&& value, CorpusLine* line) {
  if (value.texts[0].empty()) return IsEmpty(field);
  line->expect.error = std::move(value.texts[0]);
  return absl::OkStatus();
}

}  // namespace

const std::vector<Field>& Fields() {
  using enum FieldType;
  static const auto* const fields = new std::vector<Field>{
      {"id", kText, false, SetId},
      {"source", kText, false, SetText<&CorpusLine::source>},
      {"from", kText, false, SetText<&CorpusLine::from>},
      {"to", kTextOrList, false, SetTo},
      {"emoji", kText, false, SetMode},
      {"policy", kText, false, SetPolicy},
      {"dialects", kList, false, SetDialects},
      {"market", kText, false, SetText<&CorpusLine::market>},
      {"candidate", kText, false, SetText<&CorpusLine::candidate>},
      {"text", kText, true, SetExpectedText},
      {"contains", kList, true, SetExpectedTexts<&Expectations::contains>},
      {"not_contains", kList, true, SetExpectedTexts<&Expectations::not_contains>},
      {"verdict", kText, true, SetVerdict},
      {"reasons", kList, true, SetReasons},
      {"rules", kList, true, SetExpectedTexts<&Expectations::rules>},
      {"emoji_preserved", kFlag, true, SetEmojiPreserved},
      {"error", kText, true, SetError},
      {"origin", kText, false, SetOrigin},
  };
  return *fields;
}

std::string Quoted(std::string_view text) {
  std::string_view shown = text.substr(0, kLongestQuoted);
  if (shown.size() < text.size()) {
    // Back to the beginning of a code point.
    size_t end = shown.size();
    while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
    shown = text.substr(0, end);
  }
  return StrCat("\"", Visible(shown), shown.size() < text.size() ? "…" : "", "\"");
}

std::string Listed(const std::vector<std::string_view>& words) {
  std::string list;
  for (const std::string_view word : words) {
    if (!list.empty()) list += ", ";
    list += word;
  }
  return list;
}

absl::Status BadValue(std::string_view what) { return absl::InvalidArgumentError(AsAbsl(what)); }

absl::Status CheckUtf8(std::string_view bytes) {
  const std::optional<size_t> invalid = FindInvalidUtf8(bytes);
  if (!invalid) return absl::OkStatus();
  return BadValue(StrCat("not UTF-8 at byte ", *invalid + 1));
}

std::string ToNfc(std::string_view text) {
  const absl::StatusOr<Message> message = Normalize(text);
  return std::string(message.ok() ? message->text() : text);
}

absl::StatusOr<int> ParseEnumNumber(const google::protobuf::EnumDescriptor& type,
                                    std::string_view field, std::string_view word) {
  const std::string_view prefix = PrefixOf(type);
  const google::protobuf::EnumValueDescriptor* value =
      type.FindValueByName(std::string(prefix) + absl::AsciiStrToUpper(std::string(word)));
  if (value != nullptr && value->index() > 0) return value->number();
  std::vector<std::string_view> known;
  for (int i = 1; i < type.value_count(); ++i) {
    known.push_back(std::string_view(type.value(i)->name()).substr(prefix.size()));
  }
  return NoneOf(field, word, known);
}

}  // namespace signalbook::check
