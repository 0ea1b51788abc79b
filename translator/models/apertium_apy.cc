#include "translator/models/apertium_apy.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "translator/models/side_by_side.h"
#include "translator/normalize.h"

namespace signalbook {
namespace {

using nlohmann::json;

// Stands for "no deadline": clocks of the standard library overflow on an infinite one.
constexpr absl::Duration kLongestWait = absl::Hours(24);

absl::Status Named(const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("apertium-apy: ", status.message()));
}

// `responseData` of an answer; null when there is none.
json DataOf(const std::string& body) {
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("responseData")) return nullptr;
  return answer["responseData"];
}

std::string TextOf(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// nullopt when it is no list of pairs. Pairs whose codes mean nothing are left out.
std::optional<std::vector<ApertiumMode>> ParsePairs(const std::string& body) {
  const json list = DataOf(body);
  if (!list.is_array()) return std::nullopt;
  std::vector<ApertiumMode> pairs;
  for (const json& item : list) {
    const std::string from = TextOf(item, "sourceLanguage");
    const std::string to = TextOf(item, "targetLanguage");
    if (from.empty() || to.empty()) return std::nullopt;
    const auto source = LocaleOfApertiumCode(from);
    const auto target = LocaleOfApertiumCode(to);
    if (!source || !target) continue;
    pairs.push_back({.name = absl::StrCat(from, "-", to),
                     .source_locale = *source,
                     .target_locale = *target,
                     .version = {},
                     .commands = {}});
  }
  return pairs;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ApertiumApyModel>> ApertiumApyModel::Create(
    const ApertiumApyOptions& options) {
  if (options.max_parallel <= 0) {
    return absl::InvalidArgumentError("apertium-apy: max_parallel must be positive");
  }
  absl::StatusOr<std::unique_ptr<HttpClient>> http =
      HttpClient::Create({.url = options.url,
                          .connect_timeout = options.connect_timeout,
                          .max_response_bytes = options.max_response_bytes});
  if (!http.ok()) return Named(http.status());
  return std::unique_ptr<ApertiumApyModel>(new ApertiumApyModel(options, *std::move(http)));
}

std::vector<absl::StatusOr<Candidate>> ApertiumApyModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results(request.sentences.size(),
                                                 absl::InternalError("apertium-apy: not asked"));
  const absl::StatusOr<std::shared_ptr<const Modes>> pairs = KnownPairs(request.deadline);
  if (!pairs.ok()) {
    results.assign(results.size(), Named(pairs.status()));
    return results;
  }
  const ApertiumMode* mode =
      FindApertiumMode(**pairs, request.source_locale, request.target_locale);
  if (mode == nullptr) {
    results.assign(results.size(),
                   Named(absl::NotFoundError("the server does not have this pair of languages")));
    return results;
  }
  SideBySide(results.size(), max_parallel_, [&](size_t i) {
    results[i] = Ask(*mode, request.sentences[i], request);
    if (!results[i].ok()) results[i] = Named(results[i].status());
  });
  return results;
}

absl::StatusOr<std::shared_ptr<const ApertiumApyModel::Modes>> ApertiumApyModel::KnownPairs(
    absl::Time deadline) {
  const absl::Time latest = std::min(deadline, absl::Now() + kLongestWait);
  const std::unique_lock lock(pairs_mutex_, absl::ToChronoTime(latest));
  if (!lock.owns_lock()) return absl::DeadlineExceededError("no list of pairs in time");
  if (pairs_ != nullptr) return pairs_;

  const absl::StatusOr<HttpResponse> response = http_->Get("/listPairs", latest);
  absl::Status status = response.status();
  if (status.ok() && response->status != 200) status = HttpStatusError(response->status);
  if (status.ok()) {
    if (std::optional<Modes> pairs = ParsePairs(response->body)) {
      pairs_ = std::make_shared<const Modes>(*std::move(pairs));
      return pairs_;
    }
    status = absl::InternalError("another answer than a list of pairs");
  }
  if (absl::IsDeadlineExceeded(status) || absl::IsFailedPrecondition(status)) return status;
  // Nobody is there who could translate.
  return absl::UnavailableError(absl::StrCat("GET /listPairs: ", status.message()));
}

absl::StatusOr<Candidate> ApertiumApyModel::Ask(const ApertiumMode& mode,
                                                const std::string& sentence,
                                                const ModelRequest& request) const {
  if (FindInvalidUtf8(sentence)) return absl::InvalidArgumentError("the sentence is not UTF-8");
  const HttpClient::Form form = {{"langpair", absl::StrReplaceAll(mode.name, {{"-", "|"}})},
                                 {"format", "txt"},
                                 {"markUnknown", "yes"},
                                 {"q", sentence}};
  const absl::StatusOr<HttpResponse> response =
      http_->PostForm("/translate", form, request.deadline, request.traceparent);
  if (!response.ok()) return response.status();
  if (response->status != 200) return HttpStatusError(response->status);
  const json data = DataOf(response->body);
  const auto text = data.is_object() ? data.find("translatedText") : data.end();
  if (text == data.end() || !text->is_string()) {
    return absl::InternalError("another answer than a translation");
  }
  return Candidate{
      .text = std::string(absl::StripAsciiWhitespace(text->get_ref<const std::string&>())),
      .model = {.name = absl::StrCat("apertium-", mode.name), .version = {}}};
}

}  // namespace signalbook
