// What a bad model does to a good translation, done on purpose: `signalbook evaluate`.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_CLI_FAULTS_H_
#define SIGNALBOOK_SERVICE_CLI_FAULTS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbook {

enum class Fault : uint8_t {
  kNumberChanged,
  kNegationDropped,
  kNameSwapped,
  kWordRepeated,
  kTruncated,
  kGuardedPhraseAdded,
  kWrongLanguage,
  kUntranslated,
  kEmojiAdded,
  kEmojiDropped,  // the answer to a sentence with one marker comes without it
};
inline constexpr int kFaultCount = 10;
std::string_view FaultName(Fault fault);  // "number_changed"

struct FaultInput {
  std::string_view source;
  std::string_view translation;
  std::string_view language;  // of the translation, BCP 47
  std::string_view foreign;   // some text in a third language; empty: none is at hand
};

// The translation with the fault; nullopt where it cannot have it (no number, no negation …).
std::optional<std::string> Inject(Fault fault, const FaultInput& input);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_CLI_FAULTS_H_
