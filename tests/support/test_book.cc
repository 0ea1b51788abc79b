#include "tests/support/test_book.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace signalbook {
namespace {

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::abort();
}

std::shared_ptr<const Book> OpenTestBook() {
  absl::StatusOr<std::shared_ptr<const Book>> book = Book::Open(SIGNALBOOK_TEST_BOOK);
  if (!book.ok()) Fail(book.status().ToString());
  return *std::move(book);
}

// Passes everything on to the model of the day.
class Delegate : public Model {
 public:
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override {
    if (model != nullptr) return model->Translate(request);
    return std::vector<absl::StatusOr<Candidate>>(request.sentences.size(),
                                                  absl::NotFoundError("no model"));
  }
  std::shared_ptr<Model> model;
};

}  // namespace

std::shared_ptr<const Book> TestBook() {
  static const auto* book = new std::shared_ptr<const Book>(OpenTestBook());
  return *book;
}

LocaleId TestLocale(std::string_view tag) {
  const std::optional<LocaleId> id = TestBook()->locales().Resolve(tag);
  if (!id) Fail("no locale " + std::string(tag));
  return *id;
}

const Translator& TestTranslator(std::shared_ptr<Model> model) {
  static const auto* delegate = new std::shared_ptr<Delegate>(new Delegate);
  static const Translator* translator = [] {
    auto created = Translator::Create(TestBook(), *delegate);
    if (!created.ok()) Fail(created.status().ToString());
    return created->release();
  }();
  (*delegate)->model = std::move(model);
  return *translator;
}

const Gate& TestGate() {
  static const Gate& gate = TestTranslator(nullptr).gate();
  return gate;
}

Translation TranslateOne(const Translator& translator, std::string_view text,
                         const TestOptions& options) {
  absl::StatusOr<Message> message = Normalize(text);
  if (!message.ok()) Fail(message.status().ToString());
  std::vector<Message> messages;
  messages.push_back(*std::move(message));
  TranslateOptions translate;
  if (!options.from.empty()) translate.source = TestLocale(options.from);
  translate.target = TestLocale(options.to);
  translate.emoji_mode = options.mode;
  translate.policy = options.policy;
  return translator.Translate(messages, translate).front();
}

std::string Picture(const Translation& translation) {
  std::string picture;
  for (const Piece& piece : translation.pieces) {
    if (!picture.empty()) picture += ' ';
    picture += piece.target.of(translation.text);
    picture += '|';
    picture += "BPCM"[static_cast<int>(piece.licence)];
    if (piece.refusal) picture += "(" + piece.refusal->rule + ")";
  }
  return picture;
}

}  // namespace signalbook
