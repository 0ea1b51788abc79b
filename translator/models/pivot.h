// Translation by way of a third language: en → es → pt where nobody has en → pt.
//
// A decorator: both legs are asked of another model. What the first leg answers is a candidate that
// no gate has seen and yet is about to be shown to a model, so the law that no emoji reaches a
// model is enforced here: an intermediate text that is not fit for a ModelRequest ends that
// sentence.
//
// Quality is at most the worse leg's, and marks of unknown words travel on to the end. Routes are
// the operator's choice for that reason; none is tried that is not configured.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_PIVOT_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_PIVOT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "translator/model.h"

namespace signalbook {

// Locales are BCP 47. `from` and `to` serve any tag that begins with them (pt: pt-BR too); each leg
// is asked with the request's own tag, so zh-Hant never silently becomes zh.
struct Pivot {
  std::string from;
  std::string via;
  std::string to;
};

class PivotModel final : public Model {
 public:
  // `inner` must outlive this.
  PivotModel(Model& inner, std::vector<Pivot> routes);

  // As model.h says. NotFound when no route fits; of several, the first one is taken. A sentence
  // whose first leg failed has that leg's status; Internal when the first leg's answer is not fit
  // for the second: empty, not UTF-8, or with emoji, invisible or control characters that the
  // source has not. The candidate's model is named after both legs:
  // "apertium-eng-spa>apertium-spa-por".
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  Model& inner_;
  const std::vector<Pivot> routes_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_PIVOT_H_
