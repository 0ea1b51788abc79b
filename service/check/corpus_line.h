// What a line of a corpus can say, whatever its format: one table of fields for JSON Lines and TSV.
//
// Errors are InvalidArgument; their messages say what is wrong, without file and line, and hold no line breaks.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_CHECK_CORPUS_LINE_H_
#define SIGNALBOOK_SERVICE_CHECK_CORPUS_LINE_H_

#include <google/protobuf/generated_enum_reflection.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/check/case.h"

namespace signalbook::check {

// What is left out is nullopt or empty; corpus.cc fills it from the defaults.
struct CorpusLine {
  std::string id;
  std::optional<std::string> source;
  std::optional<std::string> from;
  std::vector<std::string> to;
  std::optional<v1::EmojiMode> mode;
  std::optional<v1::Policy> policy;
  std::optional<std::vector<std::string>> dialects;
  std::optional<std::string> market;
  std::optional<std::string> candidate;
  std::string origin;
  Expectations expect;  // texts in NFC
};

enum class FieldType { kText, kList, kTextOrList, kFlag };

struct FieldValue {
  std::vector<std::string> texts;  // kText: one
  bool flag = false;
};

// Something that a line can say: a member of the JSON object, or of its "expect"; a column of a TSV.
struct Field {
  std::string_view name;
  FieldType type;
  bool is_expectation;
  // InvalidArgument when the value says nothing that can be meant.
  absl::Status (*set)(const Field& field, FieldValue&& value, CorpusLine* line);
};

// In the order of corpus.h.
const std::vector<Field>& Fields();

// `text` in quotes, fit for one line of a message; a long one is cut.
std::string Quoted(std::string_view text);

// "a, b, c".
std::string Listed(const std::vector<std::string_view>& words);

absl::Status BadValue(std::string_view what);

// InvalidArgument where `bytes` are not UTF-8: "not UTF-8 at byte 7", from 1.
absl::Status CheckUtf8(std::string_view bytes);

// The text as it would stand in a translation. Precondition: UTF-8.
std::string ToNfc(std::string_view text);

// The number of the value that `word` names, without its prefix and in any case of letters: "refused" →
// VERDICT_REFUSED. The unspecified value has no name. `field`: for the message.
absl::StatusOr<int> ParseEnumNumber(const google::protobuf::EnumDescriptor& type,
                                    std::string_view field, std::string_view word);

template <typename Enum>
absl::StatusOr<Enum> ParseEnum(std::string_view field, std::string_view word) {
  const absl::StatusOr<int> number =
      ParseEnumNumber(*google::protobuf::GetEnumDescriptor<Enum>(), field, word);
  if (!number.ok()) return number.status();
  return static_cast<Enum>(*number);
}

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_CORPUS_LINE_H_
