#include "translator/models/libretranslate.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "translator/locale.h"
#include "translator/normalize.h"

namespace signalbook {
namespace {

using nlohmann::json;

constexpr absl::string_view kName = "libretranslate";

// Stands for "no deadline": clocks of the standard library overflow on an infinite one.
constexpr absl::Duration kLongestWait = absl::Hours(24);

absl::Status Named(const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(kName, ": ", status.message()));
}

json Parsed(const std::string& body) { return json::parse(body, nullptr, false); }

// What an HTTP status other than 200 means. The text of the error is read and not repeated.
absl::Status StatusOf(const HttpResponse& response) {
  if (response.status == 400) {
    const json body = Parsed(response.body);
    const auto error = body.is_object() ? body.find("error") : body.end();
    const std::string text =
        error != body.end() && error->is_string() ? error->get<std::string>() : std::string();
    if (absl::StrContains(text, "API key")) {
      return absl::FailedPreconditionError("the server wants an API key (HTTP 400)");
    }
    if (absl::StrContains(text, "not available as a target language") ||
        (absl::EndsWith(text, " is not supported") && !absl::StrContains(text, "format"))) {
      return absl::NotFoundError("the server does not have this pair of languages (HTTP 400)");
    }
  }
  return HttpStatusError(response.status);
}

}  // namespace

std::vector<std::string> LibreTranslateCodes(std::string_view locale) {
  const absl::StatusOr<std::string> canonical = CanonicalizeLocale(locale);
  if (!canonical.ok()) return {};
  const std::vector<std::string> subtags = absl::StrSplit(*canonical, '-');
  const std::string& language = subtags[0];
  const bool has_script =
      subtags.size() > 1 && subtags[1].size() == 4 && absl::ascii_isalpha(subtags[1][0]);
  const std::string script = has_script ? subtags[1] : "";
  std::string region;
  if (const size_t at = has_script ? 2 : 1; subtags.size() > at) region = subtags[at];

  std::vector<std::string> codes;
  const auto add = [&codes](const std::string& code) {
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  };
  add(*canonical);
  if (language == "zh") {
    const bool traditional =
        script.empty() ? region == "TW" || region == "HK" || region == "MO" : script == "Hant";
    if (traditional) {
      add("zh-Hant");
      add("zt");
    } else if (script.empty() || script == "Hans") {
      add("zh-Hans");
      add("zh");
    }
    return codes;
  }
  if (has_script) {
    add(absl::StrCat(language, "-", script));
    return codes;
  }
  if (language == "pt" && region == "BR") add("pb");
  add(language);
  constexpr std::pair<absl::string_view, absl::string_view> kSame[] = {{"no", "nb"}, {"fil", "tl"}};
  for (const auto& [one, other] : kSame) {
    if (language == one) add(std::string(other));
    if (language == other) add(std::string(one));
  }
  return codes;
}

// What GET /languages said. Immutable.
class LibreTranslateModel::Languages {
 public:
  struct Pair {
    std::string source;
    std::string target;
  };

  // nullopt when it is no such list.
  static std::optional<Languages> Parse(const std::string& body) {
    const json list = Parsed(body);
    if (!list.is_array() || list.empty()) return std::nullopt;
    Languages result;
    for (const json& item : list) {
      if (!item.is_object() || !item.contains("code") || !item["code"].is_string()) {
        return std::nullopt;
      }
      Language language{.code = item["code"].get<std::string>(), .targets = std::nullopt};
      if (const auto targets = item.find("targets"); targets != item.end()) {
        if (!targets->is_array()) return std::nullopt;
        language.targets.emplace();
        for (const json& target : *targets) {
          if (!target.is_string()) return std::nullopt;
          language.targets->push_back(target.get<std::string>());
        }
      }
      result.languages_.push_back(std::move(language));
    }
    return result;
  }

  // The server's codes for a pair of BCP 47 tags; an empty source is "auto".
  std::optional<Pair> Find(std::string_view source, std::string_view target) const {
    const std::vector<std::string> targets = LibreTranslateCodes(target);
    if (source.empty()) {
      const Language* language = FirstOf(targets);
      if (language == nullptr) return std::nullopt;
      return Pair{"auto", language->code};
    }
    for (const std::string& code : LibreTranslateCodes(source)) {
      const Language* from = FirstOf({code});
      if (from == nullptr) continue;
      for (const std::string& wanted : targets) {
        if (const std::optional<std::string> to = TargetOf(*from, wanted)) {
          return Pair{from->code, *to};
        }
      }
    }
    return std::nullopt;
  }

 private:
  struct Language {
    std::string code;
    std::optional<std::vector<std::string>> targets;  // older versions don't say: any language
  };

  const Language* FirstOf(const std::vector<std::string>& codes) const {
    for (const std::string& code : codes) {
      for (const Language& language : languages_) {
        if (absl::EqualsIgnoreCase(language.code, code)) return &language;
      }
    }
    return nullptr;
  }

  std::optional<std::string> TargetOf(const Language& from, const std::string& code) const {
    if (!from.targets) {
      const Language* to = FirstOf({code});
      if (to == nullptr) return std::nullopt;
      return to->code;
    }
    for (const std::string& target : *from.targets) {
      if (absl::EqualsIgnoreCase(target, code)) return target;
    }
    return std::nullopt;
  }

  std::vector<Language> languages_;
};

LibreTranslateModel::LibreTranslateModel(std::unique_ptr<HttpClient> http, std::string api_key)
    : http_(std::move(http)), api_key_(std::move(api_key)) {}
LibreTranslateModel::~LibreTranslateModel() = default;

absl::StatusOr<std::unique_ptr<LibreTranslateModel>> LibreTranslateModel::Create(
    LibreTranslateOptions options) {
  absl::StatusOr<std::unique_ptr<HttpClient>> http =
      HttpClient::Create({.url = std::move(options.url),
                          .connect_timeout = options.connect_timeout,
                          .max_response_bytes = options.max_response_bytes});
  if (!http.ok()) return Named(http.status());
  return std::unique_ptr<LibreTranslateModel>(
      new LibreTranslateModel(*std::move(http), std::move(options.api_key)));
}

absl::Status LibreTranslateModel::Connect(absl::Time deadline) {
  const absl::Status status = KnownLanguages(deadline).status();
  return status.ok() ? status : Named(status);
}

absl::StatusOr<std::shared_ptr<const LibreTranslateModel::Languages>>
LibreTranslateModel::KnownLanguages(absl::Time deadline) {
  const absl::Time latest = std::min(deadline, absl::Now() + kLongestWait);
  const std::unique_lock lock(languages_mutex_, absl::ToChronoTime(latest));
  if (!lock.owns_lock()) return absl::DeadlineExceededError("no list of languages in time");
  if (languages_ != nullptr) return languages_;

  const absl::StatusOr<HttpResponse> response = http_->Get("/languages", latest);
  absl::Status status = response.status();
  if (status.ok() && response->status != 200) status = StatusOf(*response);
  if (status.ok()) {
    if (std::optional<Languages> languages = Languages::Parse(response->body)) {
      languages_ = std::make_shared<const Languages>(*std::move(languages));
      return languages_;
    }
    status = absl::InternalError("another answer than a list of languages");
  }
  if (absl::IsDeadlineExceeded(status) || absl::IsFailedPrecondition(status)) return status;
  // Nobody is there who could translate.
  return absl::UnavailableError(absl::StrCat("GET /languages: ", status.message()));
}

std::vector<absl::StatusOr<Candidate>> LibreTranslateModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results(
      request.sentences.size(),
      absl::InvalidArgumentError(absl::StrCat(kName, ": the sentence is not UTF-8")));
  std::vector<std::string_view> sentences;
  std::vector<size_t> places;  // of each of them among the results
  for (size_t i = 0; i < results.size(); ++i) {
    if (FindInvalidUtf8(request.sentences[i])) continue;
    sentences.push_back(request.sentences[i]);
    places.push_back(i);
  }
  if (sentences.empty()) return results;

  const absl::StatusOr<std::vector<absl::StatusOr<std::string>>> texts = Ask(request, sentences);
  for (size_t k = 0; k < places.size(); ++k) {
    const absl::Status status = texts.ok() ? (*texts)[k].status() : texts.status();
    if (status.ok()) {
      results[places[k]] =
          Candidate{.text = *(*texts)[k], .model = {.name = std::string(kName), .version = ""}};
    } else {
      results[places[k]] = Named(status);
    }
  }
  return results;
}

absl::StatusOr<std::vector<absl::StatusOr<std::string>>> LibreTranslateModel::Ask(
    const ModelRequest& request, const std::vector<std::string_view>& sentences) {
  const absl::StatusOr<std::shared_ptr<const Languages>> languages =
      KnownLanguages(request.deadline);
  if (!languages.ok()) return languages.status();
  const std::optional<Languages::Pair> pair =
      (*languages)->Find(request.source_locale, request.target_locale);
  if (!pair) return absl::NotFoundError("the server does not have this pair of languages");

  // A single sentence goes as a string, which is what everybody who speaks this API understands.
  json question = {{"source", pair->source}, {"target", pair->target}, {"format", "text"}};
  question["q"] = sentences.size() == 1 ? json(sentences[0]) : json(sentences);
  if (!api_key_.empty()) question["api_key"] = api_key_;
  const absl::StatusOr<HttpResponse> response =
      http_->PostJson("/translate", question.dump(-1, ' ', false, json::error_handler_t::replace),
                      request.deadline, request.traceparent);
  if (!response.ok()) return response.status();
  if (response->status != 200) return StatusOf(*response);

  const json answer = Parsed(response->body);
  const auto said = answer.is_object() ? answer.find("translatedText") : answer.end();
  if (said == answer.end()) return absl::InternalError("another answer than a translation");
  const bool single = said->is_string();
  if (single ? sentences.size() != 1 : !said->is_array() || said->size() != sentences.size()) {
    return absl::InternalError("an answer for another number of sentences");
  }
  std::vector<absl::StatusOr<std::string>> texts;
  for (size_t i = 0; i < sentences.size(); ++i) {
    const json& text = single ? *said : (*said)[i];
    if (text.is_string()) {
      texts.emplace_back(text.get<std::string>());
    } else {
      texts.emplace_back(absl::InternalError("a translation that is no text"));
    }
  }
  return texts;
}

}  // namespace signalbook
