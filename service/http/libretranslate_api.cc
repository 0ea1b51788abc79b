#include "service/http/libretranslate_api.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "service/limits.h"
#include "service/offsets.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/normalize.h"
#include "translator/utf8.h"

namespace signalbook {
namespace {

using Json = nlohmann::json;

constexpr int kConfidence = 97;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::Status Malformed(std::string description) {
  return InvalidRequest({.reason = reason::kMalformedRequest,
                         .field = "",
                         .description = std::move(description),
                         .metadata = {}});
}

absl::Status Missing(std::string_view name) {
  return Malformed(StrCat("Invalid request: missing ", name, " parameter"));
}

absl::Status TooMuch(std::string_view reason, size_t actual, size_t limit) {
  return InvalidRequest({.reason = reason,
                         .field = "q",
                         .description = StrCat(actual, "; at most ", limit, " are allowed"),
                         .metadata = {{"actual", StrCat(actual)}, {"limit", StrCat(limit)}}});
}

bool IsJson(absl::string_view content_type) {
  const std::string type = absl::AsciiStrToLower(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))));
  return type == "application/json" ||
         (absl::StartsWith(type, "application/") && absl::EndsWith(type, "+json"));
}

// An object, whatever was sent.
absl::StatusOr<Json> ReadParameters(const LibreBody& body) {
  if (IsJson(body.content_type)) {
    if (const std::optional<size_t> offset = FindInvalidUtf8(body.json)) {
      return InvalidUtf8("", *offset);
    }
    // Nothing here is nested deeper; what is could take a hundred times its size in memory.
    bool too_deep = false;
    const auto is_flat = [&too_deep](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
      constexpr int kMaxDepth = 8;
      too_deep = too_deep || depth > kMaxDepth;
      return !too_deep;
    };
    Json json = Json::parse(body.json, is_flat, /*allow_exceptions=*/false);
    if (too_deep || !json.is_object()) return Malformed("Invalid JSON format");
    return json;
  }
  Json json = Json::object();
  for (const LibreField& field : body.fields) {
    if (const std::optional<size_t> offset = FindInvalidUtf8(field.value)) {
      return InvalidUtf8("", *offset);
    }
    if (FindInvalidUtf8(field.name)) continue;  // none of ours
    Json& value = json[field.name];
    if (value.is_null()) {
      value = field.value;
    } else if (field.name == "q") {
      if (value.is_string()) value = Json::array({std::move(value)});
      value.push_back(field.value);
    }
  }
  return json;
}

// Empty: it is missing.
absl::StatusOr<std::string> ReadText(const Json& parameters, const char* name) {
  const auto found = parameters.find(name);
  if (found == parameters.end() || found->is_null()) return std::string();
  if (!found->is_string()) return Malformed(StrCat("Invalid request: ", name, " is not a text"));
  return found->get<std::string>();
}

absl::StatusOr<std::vector<std::string>> ReadQuestions(const Json& parameters, bool* is_list) {
  const auto found = parameters.find("q");
  if (found == parameters.end()) return Missing("q");
  *is_list = found->is_array();
  std::vector<std::string> questions;
  size_t bytes = 0;
  for (const Json& one : *is_list ? *found : Json::array({*found})) {
    if (one.is_null() && !*is_list) return Missing("q");
    if (!one.is_string()) {
      return Malformed("Invalid request: q is neither a text nor a list of texts");
    }
    questions.push_back(one.get<std::string>());
    bytes += questions.back().size();
  }
  if (questions.empty() || (!*is_list && questions[0].empty())) return Missing("q");
  if (bytes > kMaxLibreBytes) return TooMuch(reason::kBatchTooLong, bytes, kMaxLibreBytes);
  return questions;
}

absl::StatusOr<bool> ReadWantsAlternatives(const Json& parameters) {
  const auto found = parameters.find("alternatives");
  if (found == parameters.end() || found->is_null()) return false;
  int64_t count = 0;
  if (found->is_number_integer()) {
    count = found->get<int64_t>();
  } else if (!found->is_string() || !absl::SimpleAtoi(found->get<std::string>(), &count)) {
    return Malformed("Invalid request: alternatives is not a number");
  }
  return count > 0;
}

// One of two, the first if it is missing.
absl::StatusOr<bool> ReadIsSecond(const Json& parameters, const char* name, std::string_view first,
                                  std::string_view second) {
  const absl::StatusOr<std::string> value = ReadText(parameters, name);
  if (!value.ok()) return value.status();
  if (value->empty() || *value == first) return false;
  if (*value == second) return true;
  return Malformed(value->size() <= kMaxEchoedBytes ? StrCat(*value, " ", name, " is not supported")
                                                    : StrCat("the ", name, " is not supported"));
}

// Puts what is to be translated into batches, all with the options of `batch`.
absl::Status MakeBatches(const v1::TranslateTextRequest& batch, LibreTranslateRequest* request) {
  std::vector<std::string_view> contents;
  for (LibreTranslateRequest::Question& question : request->questions) {
    question.first_content = contents.size();
    if (!request->is_html) {
      contents.emplace_back(question.q);
      continue;
    }
    question.texts = FindTexts(question.q);
    for (const HtmlText& text : question.texts) contents.emplace_back(text.text);
  }
  if (request->is_html) {
    if (contents.size() > kMaxLibreHtmlTexts) {
      return TooMuch(reason::kTooManyContents, contents.size(), kMaxLibreHtmlTexts);
    }
    size_t code_points = 0;
    for (const std::string_view content : contents) {
      for (size_t at = 0; at < content.size(); ++code_points) at = DecodeUtf8(content, at).end;
    }
    if (code_points > kMaxBatchCodePoints) {
      return TooMuch(reason::kBatchTooLong, code_points, kMaxBatchCodePoints);
    }
    // The languages are to be checked even if there is no text.
    if (contents.empty()) contents.emplace_back();
  }
  for (size_t i = 0; i < contents.size(); ++i) {
    if (i == 0 || (request->is_html && i % kMaxContents == 0)) request->batches.push_back(batch);
    request->batches.back().add_contents(std::string(contents[i]));
  }
  return absl::OkStatus();
}

Json Detected(std::string_view tag) {
  if (tag.empty()) return {{"language", "en"}, {"confidence", 0}};
  return {{"language", LibreCodeOf(tag)}, {"confidence", kConfidence}};
}

// Languages, that of most text first.
class LanguageShares {
 public:
  void Add(const std::string& tag, size_t bytes) {
    if (!tag.empty()) bytes_[tag] += bytes;
  }
  std::vector<std::string> Sorted() const {
    std::vector<std::pair<std::string, size_t>> shares(bytes_.begin(), bytes_.end());
    std::stable_sort(shares.begin(), shares.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> tags;
    tags.reserve(shares.size());
    for (auto& [tag, bytes] : shares) tags.push_back(std::move(tag));
    return tags;
  }

 private:
  std::map<std::string, size_t> bytes_;
};

// "PARTLY_REFUSED"
std::string NameOf(const std::string& enum_value, absl::string_view prefix) {
  return std::string(absl::StripPrefix(enum_value, prefix));
}

// The verdict over several texts.
v1::Verdict Together(const std::vector<const v1::Translation*>& translations) {
  const auto any = [&translations](std::initializer_list<v1::Verdict> verdicts) {
    return std::any_of(translations.begin(), translations.end(), [&](const v1::Translation* each) {
      return std::find(verdicts.begin(), verdicts.end(), each->verdict()) != verdicts.end();
    });
  };
  const bool some = any({v1::VERDICT_TRANSLATED, v1::VERDICT_PARTLY_REFUSED});
  if (any({v1::VERDICT_PARTLY_REFUSED, v1::VERDICT_REFUSED})) {
    return some ? v1::VERDICT_PARTLY_REFUSED : v1::VERDICT_REFUSED;
  }
  return some ? v1::VERDICT_TRANSLATED : v1::VERDICT_UNCHANGED;
}

// The answer to one q.
struct Answer {
  std::string text;
  std::string language;  // BCP 47; empty: nobody can tell
  Json details;
};

Answer AnswerQuestion(const LibreTranslateRequest& request,
                      const LibreTranslateRequest::Question& question,
                      const std::vector<const v1::Translation*>& all) {
  const auto begin = all.begin() + static_cast<ptrdiff_t>(question.first_content);
  const size_t count = request.is_html ? question.texts.size() : 1;
  const std::vector<const v1::Translation*> own(begin, begin + static_cast<ptrdiff_t>(count));

  LanguageShares languages;
  std::vector<std::string_view> replacements;
  Json refusals = Json::array();
  Offsets offsets(question.q, request.offsets_are_utf16);
  for (size_t i = 0; i < own.size(); ++i) {
    const v1::Translation& translation = *own[i];
    replacements.emplace_back(translation.translated_text());
    languages.Add(translation.detected_language_code(), translation.translated_text().size());
    for (const v1::Piece& piece : translation.pieces()) {
      if (!piece.has_refusal()) continue;
      ByteRange source{static_cast<size_t>(piece.source_range().begin()),
                       static_cast<size_t>(piece.source_range().end())};
      if (request.is_html) source = ToHtml(question.texts[i], source);
      const size_t first = offsets.At(source.begin);
      refusals.push_back({{"reason", NameOf(v1::Reason_Name(piece.refusal().reason()), "REASON_")},
                          {"rule", piece.refusal().rule()},
                          {"source", {first, offsets.At(source.end)}}});
    }
  }
  Answer answer;
  answer.text = request.is_html ? ReplaceTexts(question.q, question.texts, replacements)
                                : own[0]->translated_text();
  if (const auto sorted = languages.Sorted(); !sorted.empty()) answer.language = sorted[0];
  answer.details = {{"verdict", NameOf(v1::Verdict_Name(Together(own)), "VERDICT_")},
                    {"refusals", std::move(refusals)}};
  return answer;
}

}  // namespace

absl::StatusOr<LibreTranslateRequest> ParseTranslate(const LibreBody& body) {
  const absl::StatusOr<Json> parameters = ReadParameters(body);
  if (!parameters.ok()) return parameters.status();
  LibreTranslateRequest request;
  absl::StatusOr<std::vector<std::string>> questions = ReadQuestions(*parameters, &request.is_list);
  if (!questions.ok()) return questions.status();
  for (std::string& q : *questions) request.questions.push_back({.q = std::move(q)});

  const absl::StatusOr<std::string> source = ReadText(*parameters, "source");
  if (!source.ok()) return source.status();
  if (source->empty()) return Missing("source");
  const absl::StatusOr<std::string> target = ReadText(*parameters, "target");
  if (!target.ok()) return target.status();
  if (target->empty()) return Missing("target");
  request.detects_source = *source == "auto";

  const absl::StatusOr<bool> is_html = ReadIsSecond(*parameters, "format", "text", "html");
  if (!is_html.ok()) return is_html.status();
  request.is_html = *is_html;
  const absl::StatusOr<bool> is_utf16 = ReadIsSecond(*parameters, "offsets", "utf8", "utf16");
  if (!is_utf16.ok()) return is_utf16.status();
  request.offsets_are_utf16 = *is_utf16;
  const absl::StatusOr<bool> alternatives = ReadWantsAlternatives(*parameters);
  if (!alternatives.ok()) return alternatives.status();
  request.wants_alternatives = *alternatives;
  absl::StatusOr<std::string> api_key = ReadText(*parameters, "api_key");
  if (!api_key.ok()) return api_key.status();
  request.api_key = *std::move(api_key);

  v1::TranslateTextRequest batch;
  batch.set_target_language_code(TagOfLibreCode(*target));
  if (!request.detects_source) batch.set_source_language_code(TagOfLibreCode(*source));
  batch.set_emoji_mode(v1::EMOJI_MODE_KEEP);
  absl::Status status = MakeBatches(batch, &request);
  if (!status.ok()) return status;
  return request;
}

std::string AnswerTranslate(const LibreTranslateRequest& request,
                            const std::vector<v1::TranslateTextResponse>& responses) {
  std::vector<const v1::Translation*> all;
  for (const v1::TranslateTextResponse& response : responses) {
    for (const v1::Translation& translation : response.translations()) all.push_back(&translation);
  }
  Json texts = Json::array();
  Json detected = Json::array();
  Json details = Json::array();
  Json alternatives = Json::array();
  for (const LibreTranslateRequest::Question& question : request.questions) {
    Answer answer = AnswerQuestion(request, question, all);
    texts.push_back(std::move(answer.text));
    detected.push_back(Detected(answer.language));
    details.push_back(std::move(answer.details));
    alternatives.push_back(Json::array());
  }
  const auto shaped = [&request](Json& list) -> Json& { return request.is_list ? list : list[0]; };
  Json answer = {{"translatedText", shaped(texts)}, {"signalbook", shaped(details)}};
  if (request.detects_source) answer["detectedLanguage"] = shaped(detected);
  if (request.wants_alternatives) answer["alternatives"] = shaped(alternatives);
  return Dump(answer);
}

absl::StatusOr<LibreDetectRequest> ParseDetect(const LibreBody& body) {
  const absl::StatusOr<Json> parameters = ReadParameters(body);
  if (!parameters.ok()) return parameters.status();
  LibreDetectRequest request;
  bool is_list = false;
  absl::StatusOr<std::vector<std::string>> questions = ReadQuestions(*parameters, &is_list);
  if (!questions.ok()) return questions.status();
  for (std::string& q : *questions) request.detect.add_contents(std::move(q));
  absl::StatusOr<std::string> api_key = ReadText(*parameters, "api_key");
  if (!api_key.ok()) return api_key.status();
  request.api_key = *std::move(api_key);
  return request;
}

std::string AnswerDetect(const LibreDetectRequest& request,
                         const v1::DetectLanguageResponse& response) {
  LanguageShares languages;
  for (int i = 0; i < response.detections_size(); ++i) {
    languages.Add(response.detections(i).language_code(), request.detect.contents(i).size());
  }
  Json list = Json::array();
  for (const std::string& tag : languages.Sorted()) list.push_back(Detected(tag));
  if (list.empty()) list.push_back(Detected(""));
  return Dump(list);
}

}  // namespace signalbook
