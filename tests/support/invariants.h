// What holds for every text, however odd. Checked by brute force over short strings, on seeded
// random text and by the fuzzers, which all call these.
#ifndef SIGNALBOOK_TESTS_SUPPORT_INVARIANTS_H_
#define SIGNALBOOK_TESTS_SUPPORT_INVARIANTS_H_

#include <optional>
#include <string>
#include <string_view>

namespace signalbook {

// Any bytes. Normalize agrees with ICU on what is UTF-8 and on its NFC, changes nothing the second
// time, and its ranges tile the caller's bytes. nullopt, or what was broken.
std::optional<std::string> BrokenByNormalize(std::string_view bytes);

// Valid UTF-8. Segments tile the text, prose has nothing of an emoji in it, and a key stands for the
// whole cluster. nullopt, or what was broken.
std::optional<std::string> BrokenBySegmentText(std::string_view text);

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_INVARIANTS_H_
