// Rows as JSON Lines: an object a line, {"table":"names","scope":"es","key":"1F1E8-1F1E6","text":"Canadá"}. Members are
// called as protobuf's JSON mapping would, "doesNotMatch"; as there, defaults are left out when written, and
// null, and the name of the field itself, are taken when read.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "service/cli/text_lines.h"
#include "service/moderation/exchange_formats.h"
#include "service/strings.h"
#include "translator/normalize.h"

namespace signalbook::exchange {
namespace {

using nlohmann::json;

// "doesNotMatch" for "does_not_match".
std::string MemberName(std::string_view field) {
  std::string name;
  for (const char c : field) {
    if (!name.empty() && name.back() == '_') {
      name.back() = absl::ascii_toupper(static_cast<unsigned char>(c));
    } else {
      name += c;
    }
  }
  return name;
}

const Field* FindMember(std::string_view name) {
  for (const Field& field : kFields) {
    if (name == field.name || name == MemberName(field.name)) return &field;
  }
  return nullptr;
}

// Fills a row as the parser goes, which needs no more memory than the row, however the line is nested.
class LineReader final : public nlohmann::json_sax<json> {
 public:
  explicit LineReader(RowBuilder* row) : row_(row) {}

  // It is an object, whatever is in it.
  bool is_object() const { return is_object_; }

  bool start_object(std::size_t) override {
    if (is_object_) return Refuse("an object inside a row");
    is_object_ = true;
    return true;
  }
  bool key(std::string& name) override {
    field_ = FindMember(name);
    if (field_ == nullptr) return Refuse("a member that no row has");
    if (std::find(seen_.begin(), seen_.end(), field_) != seen_.end()) {
      return Refuse(StrCat("more than one ", field_->name));
    }
    seen_.push_back(field_);
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override {
    if (field_ == nullptr || field_->kind != FieldKind::kList || in_list_) return WrongType();
    in_list_ = true;
    return true;
  }
  bool end_array() override {
    in_list_ = false;
    return true;
  }
  bool string(std::string& value) override {
    const FieldKind wanted = in_list_ ? FieldKind::kList : FieldKind::kText;
    if (field_ == nullptr || field_->kind != wanted) return WrongType();
    if (in_list_ || !value.empty()) row_->Add(*field_, value);
    return true;
  }
  bool boolean(bool value) override {
    if (field_ == nullptr || field_->kind != FieldKind::kFlag) return WrongType();
    row_->Add(*field_, value ? "true" : "false");
    return true;
  }
  bool null() override { return field_ == nullptr || in_list_ ? WrongType() : true; }
  bool number_integer(number_integer_t) override { return WrongType(); }
  bool number_unsigned(number_unsigned_t) override { return WrongType(); }
  bool number_float(number_float_t, const std::string&) override { return WrongType(); }
  bool binary(json::binary_t&) override { return WrongType(); }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    is_object_ = false;
    return Refuse(StrCat("not JSON: an error at byte ", position, " of the line"));
  }

 private:
  bool Refuse(std::string_view what) {
    row_->Refuse(what);
    return false;
  }
  bool WrongType() {
    if (field_ == nullptr) return Refuse("not a JSON object");
    return Refuse(StrCat(field_->name, field_->kind == FieldKind::kFlag   ? " is not true or false"
                                       : field_->kind == FieldKind::kList ? " is no list of strings"
                                                                          : " is no string"));
  }

  RowBuilder* const row_;
  const Field* field_ = nullptr;  // of the value that is read; none outside of the object
  std::vector<const Field*> seen_;
  bool is_object_ = false;
  bool in_list_ = false;
};

}  // namespace

std::string WriteJsonLines(const std::vector<ExchangeRow>& rows) {
  std::string lines;
  for (const ExchangeRow& row : rows) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const Field& field : kFields) {
      std::vector<std::string> values = ValuesOf(field, row);
      if (values.empty()) continue;
      nlohmann::ordered_json& member = object[MemberName(field.name)];
      if (field.kind == FieldKind::kFlag) {
        member = true;
      } else if (field.kind == FieldKind::kList) {
        member = std::move(values);
      } else {
        member = std::move(values.front());
      }
    }
    lines += object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    lines += '\n';
  }
  return lines;
}

absl::StatusOr<ExchangeFile> ReadJsonLines(std::string_view content) {
  ExchangeFile file;
  bool any_object = false;
  int number = 0;
  for (const std::string_view line : TextLines(content)) {
    ++number;
    if (absl::StripAsciiWhitespace(AsAbsl(line)).empty()) continue;
    RowBuilder row(number);
    if (FindInvalidUtf8(line)) {
      row.Refuse("not UTF-8");
    } else if (line.find('\0') != line.npos) {
      row.Refuse("a NUL byte");  // for the parser, the end
    } else {
      LineReader reader(&row);
      json::sax_parse(line, &reader);
      any_object |= reader.is_object();
    }
    absl::Status status = std::move(row).FinishInto(&file);
    if (!status.ok()) return status;
  }
  if (!any_object && !file.problems.empty()) {
    const v1::ImportProblem& first = file.problems.front();
    return Malformed(first.line(), StrCat(first.message(), "; each line is a JSON object"));
  }
  return file;
}

}  // namespace signalbook::exchange
