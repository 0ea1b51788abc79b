// Who is checked: this process, a running Signalbook, the models alone, or somebody else's
// translator.
//
// A subject is named by a specification:
//
//   here                          this process, with --book and --config
//   book:FILE                     the same with that book instead
//   config:FILE                   the same with that configuration instead
//   server:ADDRESS                a running Signalbook, gRPC
//   models, models:CONFIG         the models that --config, or CONFIG, names, and nothing around them
//   libretranslate:URL[#KEY]      a LibreTranslate-compatible API ("http://127.0.0.1:5000")
//
// Models and other translators get each message whole and as it is, emoji and all: what they do to
// it is the question. In this process a case's candidate takes the place of what a model proposes; a
// round trip that the configuration asks for still asks its own engine.
#ifndef SIGNALBOOK_SERVICE_CHECK_SUBJECT_H_
#define SIGNALBOOK_SERVICE_CHECK_SUBJECT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "service/cli/channel_options.h"
#include "translator/book.h"
#include "translator/model.h"
#include "translator/translator.h"

namespace signalbook::check {

// Thread rule: safe from many threads.
class Subject {
 public:
  virtual ~Subject() = default;

  // The answer to a case. What Signalbook answers has pieces; others give translated_text alone.
  // Errors that are results like any other:
  //   InvalidArgument, with its reason (status.h)   the request is wrong
  //   NotFound                                      nobody translates this pair of languages
  //   DeadlineExceeded, ResourceExhausted           too slow, too busy
  //   Internal                                      failed at this message
  // Anything else: nobody can be asked, and the run ends.
  virtual absl::StatusOr<v1::Translation> Translate(const Case& c) = 0;

  // For reports; no secrets.
  virtual std::string name() const = 0;
  // Whether answers have pieces, so that the law can be checked.
  virtual bool explains() const = 0;
  // Whether it heeds Case::candidate. Others are asked as if there were none.
  virtual bool takes_candidates() const = 0;
  // Who answered, and with what book; empty if it has none. Moderated rows on top make it another book:
  // "+" and their revision stand behind its hash. Unavailable when it can't be reached.
  virtual absl::StatusOr<v1::BookVersion> Book() = 0;
  // The tables that it answers by, for a judge; null when they are not in this process.
  virtual std::shared_ptr<const Translator> translator() const { return nullptr; }
};

// Whether an error of Subject::Translate is a result, as above, and not the end of the run.
bool IsResult(const absl::Status& status);

struct SubjectOptions {
  std::string book;             // --book, of subjects in this process that do not name one
  std::string config_file;      // --config, likewise
  ChannelOptions channel = {};  // to servers
  double timeout_seconds = 10;
};

// InvalidArgument when the specification makes no sense (lists those there are); never shows what
// stands behind "libretranslate:". Errors of MakeBackend.
absl::StatusOr<std::unique_ptr<Subject>> MakeSubject(const std::string& specification,
                                                     const SubjectOptions& options);

// What `here` is made of, for whoever has the parts already (tests, --prove). `model` answers where
// a case has no candidate, and may be null. Errors of Translator::Create.
absl::StatusOr<std::unique_ptr<Subject>> MakeHere(std::shared_ptr<const Book> book,
                                                  std::shared_ptr<Model> model, std::string name,
                                                  double timeout_seconds);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_SUBJECT_H_
