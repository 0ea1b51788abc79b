#include "service/check/corpus_json.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

using nlohmann::json;

constexpr std::string_view kSource = "source";
constexpr std::string_view kSourceBase64 = "source_base64";
constexpr std::string_view kExpect = "expect";
constexpr std::string_view kPieces = "pieces";
constexpr std::string_view kPieceMembers[] = {"text", "licence", "kind", "reason", "key"};

// A message of the parser repeats the token that it was reading, which may be as long as the line.
constexpr size_t kLongestMessage = 200;

absl::Status NotJson(std::string_view what) {
  std::string message = StrCat("not JSON: ", what);
  if (message.size() > kLongestMessage) {
    size_t end = kLongestMessage;
    while ((static_cast<uint8_t>(message[end]) & 0xC0) == 0x80) --end;
    message = StrCat(std::string_view(message).substr(0, end), "…");
  }
  return BadValue(message);
}

// The parser's exceptions end here. It keeps the last of two members with one name; here that is an error, as
// one of the two was meant.
absl::StatusOr<json> Parse(std::string_view line) {
  // The parser takes a NUL for the end of its input and would leave out what stands behind it.
  if (const size_t nul = line.find('\0'); nul != line.npos) {
    return NotJson(StrCat("column ", nul + 1, ": a NUL byte"));
  }
  std::vector<std::set<std::string>> members;  // of each object that is open
  std::string twice;
  const auto watch = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) members.emplace_back();
    if (event == json::parse_event_t::object_end) members.pop_back();
    if (event == json::parse_event_t::key) {
      std::string name = parsed.get<std::string>();
      if (!members.back().insert(name).second && twice.empty()) twice = Quoted(name);
    }
    return true;
  };
  try {
    json parsed = json::parse(line.begin(), line.end(), watch);
    if (!twice.empty()) return BadValue(StrCat("duplicate member ", twice));
    return parsed;
  } catch (const json::exception& e) {
    // "[json.exception.parse_error.101] parse error at line 1, column 17: syntax error …"
    std::string_view what = e.what();
    what.remove_prefix(std::min(what.find("] ") + 2, what.size()));
    if (const size_t column = what.find("column "); column != what.npos) {
      what.remove_prefix(column);
    }
    return NotJson(what);
  }
}

// "null", "an array", "a number".
std::string TypeOf(const json& value) {
  const std::string_view article = value.is_null()                         ? ""
                                   : value.is_array() || value.is_object() ? "an "
                                                                           : "a ";
  return StrCat(article, value.type_name());
}

absl::Status WrongType(std::string_view name, const json& value, std::string_view wanted) {
  return BadValue(StrCat(Quoted(name), " is ", TypeOf(value), ", not ", wanted));
}

absl::Status Unknown(std::string_view name, const std::vector<std::string_view>& known) {
  return BadValue(StrCat("unknown member ", Quoted(name), "; known: ", Listed(known)));
}

absl::StatusOr<FieldValue> ReadValue(std::string_view name, FieldType type, const json& value) {
  FieldValue read;
  if (type == FieldType::kFlag) {
    if (!value.is_boolean()) return WrongType(name, value, "true or false");
    read.flag = value.get<bool>();
    return read;
  }
  if (value.is_string() && type != FieldType::kList) {
    read.texts.push_back(value.get<std::string>());
    return read;
  }
  if (type == FieldType::kText) return WrongType(name, value, "a string");
  const std::string_view wanted =
      type == FieldType::kList ? "a list of strings" : "a string or a list of strings";
  if (!value.is_array()) return WrongType(name, value, wanted);
  for (const json& item : value) {
    if (!item.is_string()) {
      return WrongType(StrCat(name, "[", read.texts.size(), "]"), item, "a string");
    }
    read.texts.push_back(item.get<std::string>());
  }
  return read;
}

absl::StatusOr<ExpectedPiece> ReadPiece(std::string_view place, const json& value) {
  if (!value.is_object()) return WrongType(place, value, "an object");
  ExpectedPiece piece;
  for (const auto& [name, member] : value.items()) {
    const auto* const known = std::find(std::begin(kPieceMembers), std::end(kPieceMembers), name);
    if (known == std::end(kPieceMembers)) {
      return Unknown(StrCat(place, ".", name),
                     {std::begin(kPieceMembers), std::end(kPieceMembers)});
    }
    const std::string full_name = StrCat(place, ".", name);
    const absl::StatusOr<FieldValue> read = ReadValue(full_name, FieldType::kText, member);
    if (!read.ok()) return read.status();
    const std::string& text = read->texts[0];
    const auto set_enum = [&]<typename Enum>(std::optional<Enum>* field) {
      const absl::StatusOr<Enum> parsed = ParseEnum<Enum>(full_name, text);
      if (parsed.ok()) *field = *parsed;
      return parsed.status();
    };
    absl::Status set;
    if (name == "text") piece.text = ToNfc(text);
    if (name == "licence") set = set_enum(&piece.licence);
    if (name == "kind") set = set_enum(&piece.kind);
    if (name == "reason") set = set_enum(&piece.reason);
    if (name == "key") piece.key = text;
    if (!set.ok()) return set;
  }
  return piece;
}

absl::Status ReadPieces(const json& value, CorpusLine* line) {
  if (!value.is_array()) return WrongType(kPieces, value, "a list of objects");
  if (value.empty()) {
    return BadValue(StrCat(Quoted(kPieces), " is empty; leave it out to compare no pieces"));
  }
  for (const json& item : value) {
    absl::StatusOr<ExpectedPiece> piece =
        ReadPiece(StrCat(kPieces, "[", line->expect.pieces.size(), "]"), item);
    if (!piece.ok()) return piece.status();
    line->expect.pieces.push_back(*std::move(piece));
  }
  return absl::OkStatus();
}

absl::Status ReadBase64(const json& value, CorpusLine* line) {
  absl::StatusOr<FieldValue> read = ReadValue(kSourceBase64, FieldType::kText, value);
  if (!read.ok()) return read.status();
  const std::string& encoded = read->texts[0];
  std::string bytes;
  // Abseil is lenient (white space, no padding), but what was cut short must not pass for whole.
  if (!absl::Base64Unescape(encoded, &bytes) || absl::Base64Escape(bytes) != encoded) {
    return BadValue(StrCat(Quoted(kSourceBase64),
                           " is not base64 (RFC 4648, with padding): ", Quoted(encoded)));
  }
  line->source = std::move(bytes);
  return absl::OkStatus();
}

// The members of `object` that are fields: those of the case, or its expectations. The others are in `special`.
absl::Status ReadFields(const json& object, bool expectations,
                        const std::vector<std::string_view>& special, CorpusLine* line) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(special.begin(), special.end(), name) != special.end()) continue;
    const Field* field = nullptr;
    for (const Field& f : Fields()) {
      if (f.is_expectation == expectations && f.name == name) field = &f;
    }
    if (field == nullptr) {
      std::vector<std::string_view> known;
      for (const Field& f : Fields()) {
        if (f.is_expectation == expectations) known.push_back(f.name);
      }
      known.insert(known.end(), special.begin(), special.end());
      return Unknown(expectations ? StrCat(kExpect, ".", name) : name, known);
    }
    absl::StatusOr<FieldValue> read = ReadValue(name, field->type, value);
    if (!read.ok()) return read.status();
    if (absl::Status set = field->set(*field, *std::move(read), line); !set.ok()) return set;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CorpusLine> ParseJsonLine(std::string_view text) {
  if (absl::Status utf8 = CheckUtf8(text); !utf8.ok()) {
    return BadValue(
        StrCat(utf8.message(), "; a message that is not goes into ", Quoted(kSourceBase64)));
  }
  const absl::StatusOr<json> object = Parse(text);
  if (!object.ok()) return object.status();
  if (!object->is_object()) {
    return BadValue(StrCat("not a JSON object but ", TypeOf(*object)));
  }
  CorpusLine line;
  if (absl::Status status = ReadFields(*object, false, {kSourceBase64, kExpect}, &line);
      !status.ok()) {
    return status;
  }
  if (const auto base64 = object->find(std::string(kSourceBase64)); base64 != object->end()) {
    if (line.source) {
      return BadValue(
          StrCat("has both ", Quoted(kSource), " and ", Quoted(kSourceBase64), "; leave one out"));
    }
    if (absl::Status status = ReadBase64(*base64, &line); !status.ok()) return status;
  }
  if (!line.source) return BadValue(StrCat("has no ", Quoted(kSource)));
  const auto expect = object->find(std::string(kExpect));
  if (expect == object->end() || expect->is_null()) return line;
  if (!expect->is_object()) return WrongType(kExpect, *expect, "an object");
  if (absl::Status status = ReadFields(*expect, true, {kPieces}, &line); !status.ok()) {
    return status;
  }
  if (const auto pieces = expect->find(std::string(kPieces)); pieces != expect->end()) {
    if (absl::Status status = ReadPieces(*pieces, &line); !status.ok()) return status;
  }
  return line;
}

}  // namespace signalbook::check
