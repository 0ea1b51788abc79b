// Who is checked: this process, a running Signalbook, the models alone, or somebody else's translator.
//
// A subject is named by a specification:
//
//   here                          this process, with --book and --config
//   book:FILE                     this process with that book
//   config:FILE                   this process with that configuration
//   server:ADDRESS                a running Signalbook, gRPC
//   models, models:CONFIG         the models that a configuration names, without Signalbook around them
//   libretranslate:URL[#KEY]      a LibreTranslate-compatible API ("http://127.0.0.1:5000")
#ifndef SIGNALBOOK_SERVICE_CHECK_SUBJECT_H_
#define SIGNALBOOK_SERVICE_CHECK_SUBJECT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "service/check/case.h"
#include "translator/translator.h"

namespace signalbook::check {

// Thread rule: safe from many threads.
class Subject {
 public:
  virtual ~Subject() = default;

  // The answer to a case. What Signalbook answers has pieces; other subjects give translated_text alone.
  //   InvalidArgument, with its reason (status.h)   the request is wrong: a result like any other
  //   DeadlineExceeded, ResourceExhausted           too slow, too busy: a result as well
  //   anything else                                 nobody can be asked: the run ends
  virtual absl::StatusOr<v1::Translation> Translate(const Case& c) = 0;

  // For reports; no secrets.
  virtual std::string name() const = 0;
  // Whether answers have pieces, so that the law can be checked.
  virtual bool explains() const = 0;
  // Whether it heeds Case::candidate. Others are asked as if there were none.
  virtual bool takes_candidates() const = 0;
  // Who answered, and with what book; empty if it has none. Unavailable when it can't be reached.
  virtual absl::StatusOr<v1::BookVersion> Book() = 0;
};

struct SubjectOptions {
  std::string book;         // of `here`
  std::string config_file;  // of `here`
  double timeout_seconds = 10;
};

// InvalidArgument when the specification makes no sense (lists those there are); errors of MakeBackend.
absl::StatusOr<std::unique_ptr<Subject>> MakeSubject(const std::string& specification,
                                                     const SubjectOptions& options);

// What `here` is made of, for whoever has the parts already (tests, --prove). `model` may be null.
std::unique_ptr<Subject> MakeHere(std::shared_ptr<const Translator> translator, std::string name,
                                  double timeout_seconds);

}  // namespace signalbook::check

#endif  // SIGNALBOOK_SERVICE_CHECK_SUBJECT_H_
