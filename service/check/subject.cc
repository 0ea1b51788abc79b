#include "service/check/subject.h"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "service/cli/backend.h"
#include "service/composition.h"
#include "service/config.h"
#include "service/request.h"
#include "service/response.h"
#include "service/status.h"
#include "service/strings.h"
#include "translator/locale.h"
#include "translator/models/libretranslate.h"
#include "translator/normalize.h"

namespace signalbook::check {
namespace {

constexpr std::string_view kSpecifications =
    "here, book:FILE, config:FILE, server:ADDRESS, models, models:CONFIG and "
    "libretranslate:URL[#KEY]";

// What a model answers to each sentence of the case that this thread translates; null: the model is
// asked. Translator asks its model on the thread of its caller.
thread_local const std::string* current_candidate = nullptr;

class CandidateScope {
 public:
  explicit CandidateScope(const Case& c) {
    current_candidate = c.candidate ? &*c.candidate : nullptr;
  }
  ~CandidateScope() { current_candidate = nullptr; }
  CandidateScope(const CandidateScope&) = delete;
  CandidateScope& operator=(const CandidateScope&) = delete;
};

// Says the candidate of the case, else what the real model says.
class ScriptedModel final : public Model {
 public:
  explicit ScriptedModel(std::shared_ptr<Model> inner) : inner_(std::move(inner)) {}

  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    if (current_candidate != nullptr) {
      return std::vector<absl::StatusOr<Candidate>>(
          request.sentences.size(),
          Candidate{*current_candidate, {.name = "candidate", .version = ""}});
    }
    if (inner_ != nullptr) return inner_->Translate(request);
    return std::vector<absl::StatusOr<Candidate>>(request.sentences.size(),
                                                  absl::NotFoundError("no model"));
  }

 private:
  const std::shared_ptr<Model> inner_;  // may be null
};

// Precondition: `translator` asks a ScriptedModel.
class Here final : public Subject {
 public:
  Here(std::shared_ptr<const Translator> translator, std::string name, absl::Duration timeout)
      : translator_(std::move(translator)), name_(std::move(name)), timeout_(timeout) {}

  absl::StatusOr<v1::Translation> Translate(const Case& c) override {
    absl::StatusOr<TranslateInput> input = CheckRequest(c.request, translator_->book());
    if (!input.ok()) return input.status();
    input->options.deadline = absl::Now() + timeout_;
    v1::TranslateTextResponse response;
    const CandidateScope scope(c);
    Answer(*translator_, *input, &response);
    return std::move(*response.mutable_translations(0));
  }

  std::string name() const override { return name_; }
  bool explains() const override { return true; }
  bool takes_candidates() const override { return true; }

  absl::StatusOr<v1::BookVersion> Book() override {
    v1::AnalyzeTextResponse response;
    Answer(*translator_, AnalyzeInput(), &response);
    return response.book();
  }

  std::shared_ptr<const Translator> translator() const override { return translator_; }

 private:
  const std::shared_ptr<const Translator> translator_;
  const std::string name_;
  const absl::Duration timeout_;
};

// When to come back, as the error says; a short while when it does not.
absl::Duration PauseAfter(const absl::Status& status) {
  return std::max(absl::Milliseconds(50), RetryDelayOf(status));
}

class AtServer final : public Subject {
 public:
  AtServer(std::unique_ptr<Backend> backend, std::string name, absl::Duration timeout)
      : backend_(std::move(backend)), name_(std::move(name)), timeout_(timeout) {}

  // A check asks as fast as it can, so a full queue is no news: it comes back when the server says,
  // as long as that is within the timeout.
  absl::StatusOr<v1::Translation> Translate(const Case& c) override {
    const absl::Time latest = absl::Now() + timeout_;
    while (true) {
      absl::StatusOr<v1::TranslateTextResponse> response = backend_->Translate(c.request);
      if (response.ok()) {
        if (response->translations_size() == 1)
          return std::move(*response->mutable_translations(0));
        return absl::InternalError("the server answered for another number of messages");
      }
      if (ReasonOf(response.status()) != reason::kQueueFull) return response.status();
      const absl::Duration delay = PauseAfter(response.status());
      if (absl::Now() + delay > latest) return response.status();
      absl::SleepFor(delay);
    }
  }

  std::string name() const override { return name_; }
  bool explains() const override { return true; }
  bool takes_candidates() const override { return false; }

  absl::StatusOr<v1::BookVersion> Book() override {
    v1::TranslateTextRequest request;
    request.add_contents("");
    request.set_target_language_code("en");
    absl::StatusOr<v1::TranslateTextResponse> response = backend_->Translate(request);
    if (!response.ok()) return response.status();
    v1::BookVersion book = response->book();
    // The hash is that of the file; rows of moderators on top make another book of it.
    if (!response->revision().empty()) book.mutable_hash()->append("+" + response->revision());
    return book;
  }

 private:
  const std::unique_ptr<Backend> backend_;
  const std::string name_;
  const absl::Duration timeout_;
};

absl::Status LanguageMissing(std::string_view reason, std::string_view field,
                             std::string_view description) {
  return InvalidRequest({.reason = reason,
                         .field = std::string(field),
                         .description = std::string(description),
                         .metadata = {}});
}

// The message as it is to a model alone, and what it says to it.
absl::StatusOr<v1::Translation> AskRaw(const v1::TranslateTextRequest& request,
                                       absl::Duration timeout, Model& model) {
  if (request.contents_size() != 1) {
    return InvalidRequest({.reason = reason::kContentsEmpty,
                           .field = "contents",
                           .description = "one message a case",
                           .metadata = {}});
  }
  const std::string& content = request.contents(0);
  if (const std::optional<size_t> offset = FindInvalidUtf8(content)) {
    return InvalidUtf8("contents[0]", *offset);
  }
  if (request.target_language_code().empty()) {
    return LanguageMissing(reason::kTargetLanguageMissing, "target_language_code",
                           "required: a BCP 47 language such as \"es\"");
  }
  v1::Translation translation;
  if (content.empty()) return translation;

  ModelRequest question{.source_locale = request.source_language_code(),
                        .target_locale = request.target_language_code(),
                        .sentences = {content},
                        .deadline = absl::Now() + timeout};
  for (std::string* locale : {&question.source_locale, &question.target_locale}) {
    // What is no tag stays what it is: no model knows it.
    if (absl::StatusOr<std::string> canonical = CanonicalizeLocale(*locale); canonical.ok()) {
      *locale = *std::move(canonical);
    }
  }
  std::vector<absl::StatusOr<Candidate>> answers = model.Translate(question);
  if (answers.size() != 1) {
    return absl::InternalError("the model answered for another number of sentences");
  }
  if (absl::IsNotFound(answers[0].status())) {
    return absl::NotFoundError(
        StrCat("no model for ", question.source_locale, "→", question.target_locale));
  }
  if (!answers[0].ok()) return answers[0].status();
  translation.set_translated_text(std::move(answers[0]->text));
  return translation;
}

class ModelsAlone final : public Subject {
 public:
  ModelsAlone(std::shared_ptr<Model> model, std::string name, absl::Duration timeout)
      : model_(std::move(model)), name_(std::move(name)), timeout_(timeout) {}

  absl::StatusOr<v1::Translation> Translate(const Case& c) override {
    if (c.request.source_language_code().empty()) {
      return LanguageMissing(reason::kSourceLanguageMissing, "source_language_code",
                             "required: models do not detect languages");
    }
    absl::StatusOr<v1::Translation> answer = AskRaw(c.request, timeout_, *model_);
    // An engine says so of a message that it died of.
    if (absl::IsUnavailable(answer.status())) {
      return absl::InternalError(answer.status().message());
    }
    return answer;
  }

  std::string name() const override { return name_; }
  bool explains() const override { return false; }
  bool takes_candidates() const override { return false; }
  absl::StatusOr<v1::BookVersion> Book() override { return v1::BookVersion(); }

 private:
  const std::shared_ptr<Model> model_;
  const std::string name_;
  const absl::Duration timeout_;
};

class LibreTranslate final : public Subject {
 public:
  LibreTranslate(std::unique_ptr<LibreTranslateModel> model, std::string name,
                 absl::Duration timeout)
      : model_(std::move(model)), name_(std::move(name)), timeout_(timeout) {}

  absl::StatusOr<v1::Translation> Translate(const Case& c) override {
    return AskRaw(c.request, timeout_, *model_);
  }

  std::string name() const override { return name_; }
  bool explains() const override { return false; }
  bool takes_candidates() const override { return false; }
  absl::StatusOr<v1::BookVersion> Book() override {
    if (absl::Status status = model_->Connect(absl::Now() + timeout_); !status.ok()) return status;
    return v1::BookVersion();
  }

 private:
  const std::unique_ptr<LibreTranslateModel> model_;
  const std::string name_;
  const absl::Duration timeout_;
};

// A specification taken apart: "book:FILE" → "book", "FILE".
struct Specification {
  std::string kind;
  std::optional<std::string> rest;  // none without ":"
};

absl::StatusOr<Specification> ParseSpecification(const std::string& text) {
  const size_t colon = text.find(':');
  Specification result{.kind = text.substr(0, colon), .rest = std::nullopt};
  if (colon != std::string::npos) result.rest = text.substr(colon + 1);
  // What follows the kind: nothing, something, or either.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kKinds = {{
      {"here", "nothing"},
      {"book", "something"},
      {"config", "something"},
      {"server", "something"},
      {"models", "either"},
      {"libretranslate", "something"},
  }};
  for (const auto& [kind, follows] : kKinds) {
    if (result.kind != kind) continue;
    const bool fits =
        result.rest ? follows != "nothing" && !result.rest->empty() : follows != "something";
    if (fits) return result;
  }
  // The kind alone is repeated: a key may stand behind it.
  return absl::InvalidArgumentError(StrCat("\"", result.kind, result.rest ? ":…" : "",
                                           "\" names nobody to check; there are ",
                                           kSpecifications));
}

absl::StatusOr<v1::Config> ConfigOf(const std::string& config_file, const std::string& book) {
  v1::Config config;
  if (!config_file.empty()) {
    absl::StatusOr<v1::Config> loaded = LoadConfig(config_file);
    if (!loaded.ok()) return loaded.status();
    config = *std::move(loaded);
  }
  if (!book.empty()) config.set_book(book);
  if (absl::Status status = CompleteConfig(&config); !status.ok()) return status;
  return config;
}

absl::StatusOr<std::unique_ptr<Subject>> MakeComposed(const std::string& config_file,
                                                      const std::string& book, std::string name,
                                                      absl::Duration timeout) {
  const absl::StatusOr<v1::Config> config = ConfigOf(config_file, book);
  if (!config.ok()) return config.status();
  absl::StatusOr<Composition> composition = Compose(*config, [](std::shared_ptr<Model> model) {
    return std::make_shared<ScriptedModel>(std::move(model));
  });
  if (!composition.ok()) return composition.status();
  return std::make_unique<Here>(std::move(composition->translator), std::move(name), timeout);
}

absl::StatusOr<std::unique_ptr<Subject>> MakeModelsAlone(const std::string& config_file,
                                                         std::string name, absl::Duration timeout) {
  const absl::StatusOr<v1::Config> config = ConfigOf(config_file, "");
  if (!config.ok()) return config.status();
  absl::StatusOr<std::shared_ptr<Model>> model = ComposeModel(*config);
  if (!model.ok()) return model.status();
  if (*model == nullptr) {
    return absl::InvalidArgumentError(
        "the configuration switches all models off; nobody is left to check");
  }
  return std::make_unique<ModelsAlone>(*std::move(model), std::move(name), timeout);
}

// `address`: URL[#KEY].
absl::StatusOr<std::unique_ptr<Subject>> MakeLibreTranslate(const std::string& address,
                                                            absl::Duration timeout) {
  const size_t hash = address.find('#');
  const std::string url = address.substr(0, hash);
  absl::StatusOr<std::unique_ptr<LibreTranslateModel>> model = LibreTranslateModel::Create(
      {.url = url, .api_key = hash == std::string::npos ? "" : address.substr(hash + 1)});
  if (!model.ok()) return model.status();
  return std::make_unique<LibreTranslate>(*std::move(model), StrCat("libretranslate:", url),
                                          timeout);
}

}  // namespace

bool IsResult(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
      return true;
    default:
      return false;
  }
}

absl::StatusOr<std::unique_ptr<Subject>> MakeSubject(const std::string& specification,
                                                     const SubjectOptions& options) {
  const absl::StatusOr<Specification> parsed = ParseSpecification(specification);
  if (!parsed.ok()) return parsed.status();
  const absl::Duration timeout = absl::Seconds(options.timeout_seconds);
  const std::string& kind = parsed->kind;
  const std::string rest = parsed->rest.value_or("");
  if (kind == "server") {
    absl::StatusOr<std::unique_ptr<Backend>> backend = MakeBackend(
        {.server = rest, .channel = options.channel, .timeout_seconds = options.timeout_seconds});
    if (!backend.ok()) return backend.status();
    return std::make_unique<AtServer>(*std::move(backend), specification, timeout);
  }
  if (kind == "libretranslate") return MakeLibreTranslate(rest, timeout);
  if (kind == "models") {
    return MakeModelsAlone(parsed->rest ? rest : options.config_file, specification, timeout);
  }
  return MakeComposed(kind == "config" ? rest : options.config_file,
                      kind == "book" ? rest : options.book, specification, timeout);
}

absl::StatusOr<std::unique_ptr<Subject>> MakeHere(std::shared_ptr<const Book> book,
                                                  std::shared_ptr<Model> model, std::string name,
                                                  double timeout_seconds) {
  absl::StatusOr<std::unique_ptr<const Translator>> translator =
      Translator::Create(std::move(book), std::make_shared<ScriptedModel>(std::move(model)));
  if (!translator.ok()) return translator.status();
  return std::make_unique<Here>(*std::move(translator), std::move(name),
                                absl::Seconds(timeout_seconds));
}

}  // namespace signalbook::check
